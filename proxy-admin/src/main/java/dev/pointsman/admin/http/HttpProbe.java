package dev.pointsman.admin.http;

import dev.pointsman.admin.port.Deadline;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.charset.StandardCharsets;

/// One HTTP connection: GET and HEAD of the pages, nothing else. Pages are made on virtual threads,
/// one at a time per connection: a second request before the first is answered is refused.
public final class HttpProbe extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger log = LoggerFactory.getLogger(HttpProbe.class);
    private static final int LINE_MAX = 2_048;
    private static final int HEADERS_MAX = 8_192;
    private static final int BODY_MAX = 1_024;

    private final Pages pages;
    private final Deadline deadline;
    private boolean busy;

    private HttpProbe(Pages pages, Deadline deadline) {
        this.pages = pages;
        this.deadline = deadline;
    }

    public static void serve(SocketChannel channel, Pages pages, Deadline deadline) {
        var bounds =
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(LINE_MAX)
                        .setMaxHeaderSize(HEADERS_MAX);
        channel.pipeline()
                .addLast(new HttpServerCodec(bounds))
                .addLast(new Bounded())
                .addLast(new HttpProbe(pages, deadline));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (busy || request.decoderResult().isFailure()) {
            context.writeAndFlush(response(Page.text(400, "not understood\n"), false))
                    .addListener(ChannelFutureListener.CLOSE);
            return;
        }
        busy = true;
        deadline.renew();
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        boolean head = request.method().equals(HttpMethod.HEAD);
        boolean readOnly = head || request.method().equals(HttpMethod.GET);
        var path = request.uri().split("\\?", 2)[0];
        context.channel().config().setAutoRead(false);
        Thread.ofVirtual()
                .name("http")
                .start(
                        () -> {
                            var page =
                                    readOnly
                                            ? make(path)
                                            : Page.text(405, "only GET is allowed here\n");
                            answer(context, response(page, head), keepAlive);
                        });
    }

    private Page make(String path) {
        try {
            return pages.page(path);
        } catch (RuntimeException fault) {
            log.atError().setCause(fault).addKeyValue("path", path).log("page failed");
            return Page.text(500, "the page could not be made; the log says why\n");
        }
    }

    private void answer(
            ChannelHandlerContext context, DefaultFullHttpResponse response, boolean keepAlive) {
        HttpUtil.setKeepAlive(response, keepAlive);
        context.writeAndFlush(response)
                .addListener(
                        sent -> {
                            if (keepAlive && sent.isSuccess()) {
                                busy = false;
                                context.channel().config().setAutoRead(true);
                            } else {
                                context.close();
                            }
                        });
    }

    private static DefaultFullHttpResponse response(Page page, boolean head) {
        var bytes = page.body().getBytes(StandardCharsets.UTF_8);
        var response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        page.status(),
                        head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(bytes));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, page.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, bytes.length)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set("x-content-type-options", "nosniff");
        if (page.status().code() == 405) {
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
        }
        return response;
    }

    /// Refuses a request whose body is too long and ends the connection.
    private static final class Bounded extends HttpObjectAggregator {
        Bounded() {
            super(BODY_MAX, true);
        }

        @Override
        protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage message) {
            context.writeAndFlush(response(Page.text(413, "the request is too long\n"), false))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        log.atDebug().addKeyValue("reason", cause).log("http connection ended");
        context.close();
    }
}
