package dev.pointsman.admin.port;

import dev.pointsman.core.listen.tls.Handshake;
import dev.pointsman.core.listen.tls.TlsPort;
import dev.pointsman.core.tls.Secured;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.Protocol;
import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.message.Replies;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// Tells the two protocols of the admin port apart by the first byte, in plain or under TLS: a
/// PostgreSQL client begins with the length of its start-up packet, whose first byte is zero, an
/// HTTP client with the capital letter of its method. Whoever asks for encryption, or begins with
/// it, comes through here again with what was under it. Anything else is closed.
final class Sniffer extends ByteToMessageDecoder {
    private static final Logger log = LoggerFactory.getLogger(Sniffer.class);
    private static final int TLS_HANDSHAKE = 0x16;
    private static final int REQUEST_BYTES = 8;
    private static final String NEEDED = "this port takes encrypted connections only";
    private final TlsPort tls;
    private final Runnable toConsole;
    private final Runnable toHttp;
    private boolean tlsAsked;
    private boolean gssAsked;
    private boolean atOnce;

    Sniffer(TlsPort tls, Runnable toConsole, Runnable toHttp) {
        this.tls = tls;
        this.toConsole = toConsole;
        this.toHttp = toHttp;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
            throws Refused {
        byte first = in.getByte(in.readerIndex());
        if (first == TLS_HANDSHAKE && tls.settings().isOn() && !tlsAsked) {
            tlsAsked = true;
            atOnce = true;
            var hello = in.readRetainedSlice(in.readableBytes());
            Handshake.direct(context.channel(), tls, _ -> true);
            context.pipeline().fireChannelRead(hello);
        } else if (first == 0) {
            packet(context, in);
        } else if (first >= 'A' && first <= 'Z') {
            http(context, in);
        } else {
            drop(context, in);
        }
    }

    private void packet(ChannelHandlerContext context, ByteBuf in) throws Refused {
        if (in.readableBytes() < Integer.BYTES) {
            return;
        }
        int length = in.getInt(in.readerIndex());
        if (length < REQUEST_BYTES || length > Protocol.STARTUP_BYTES_MAX) {
            pass(context, toConsole); // which says what is wrong with it
            return;
        }
        if (in.readableBytes() < REQUEST_BYTES) {
            return;
        }
        switch (in.getInt(in.readerIndex() + Integer.BYTES)) {
            case Protocol.SSL_REQUEST -> {
                tlsAsked = request(in, tlsAsked);
                boolean on = tls.settings().isOn();
                answer(
                        context,
                        on ? Protocol.ENCRYPTION_ACCEPTED_SSL : Protocol.ENCRYPTION_REFUSED);
                if (on) {
                    Handshake.begin(context.channel(), tls);
                }
            }
            case Protocol.GSSENC_REQUEST -> {
                gssAsked = request(in, gssAsked);
                answer(context, Protocol.ENCRYPTION_REFUSED);
            }
            case Protocol.CANCEL_REQUEST -> {
                if (isPlainAndMayNot(context) && !tls.settings().plainCancel()) {
                    drop(context, in);
                } else {
                    pass(context, toConsole);
                }
            }
            default -> console(context, in);
        }
    }

    /// Takes a request for encryption; nothing may be behind it before it is answered.
    private static boolean request(ByteBuf in, boolean asked) {
        if (asked || in.readableBytes() > REQUEST_BYTES) {
            throw new ProtocolViolation(
                    "a request for encryption comes twice, or with something behind it");
        }
        in.skipBytes(REQUEST_BYTES);
        return true;
    }

    private static void answer(ChannelHandlerContext context, byte answer) {
        context.writeAndFlush(context.alloc().buffer(1).writeByte(answer));
    }

    private void console(ChannelHandlerContext context, ByteBuf in) {
        if (isPlainAndMayNot(context)) {
            refuse(
                    context,
                    in,
                    ErrorReport.fatal(SqlState.INVALID_AUTHORIZATION_SPECIFICATION, NEEDED)
                            .withHint("Connect with sslmode=require or better."));
        } else if (atOnce && !Handshake.isPostgresql(application(context))) {
            drop(context, in);
        } else {
            pass(context, toConsole);
        }
    }

    private void http(ChannelHandlerContext context, ByteBuf in) {
        if (!isPlainAndMayNot(context)) {
            pass(context, toHttp);
            return;
        }
        in.skipBytes(in.readableBytes());
        var body = NEEDED + "; use https\n";
        var text =
                """
                HTTP/1.1 400 Bad Request\r
                content-type: text/plain; charset=utf-8\r
                content-length: %d\r
                connection: close\r
                \r
                %s\
                """
                        .formatted(body.length(), body);
        context.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII))
                .addListener(ChannelFutureListener.CLOSE);
    }

    private boolean isPlainAndMayNot(ChannelHandlerContext context) {
        return tls.settings().isRequired() && Secured.of(context.channel()).isEmpty();
    }

    private static String application(ChannelHandlerContext context) {
        var handler = context.pipeline().get(SslHandler.class);
        var application = handler == null ? null : handler.applicationProtocol();
        return application == null ? "" : application;
    }

    private void pass(ChannelHandlerContext context, Runnable on) {
        on.run();
        context.pipeline().remove(this);
    }

    private static void drop(ChannelHandlerContext context, ByteBuf in) {
        in.skipBytes(in.readableBytes());
        context.close();
    }

    private static void refuse(ChannelHandlerContext context, ByteBuf in, ErrorReport why) {
        in.skipBytes(in.readableBytes());
        var out = context.alloc().buffer();
        Replies.report(out, why);
        context.writeAndFlush(out).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        var reason = cause.getCause() == null ? cause : cause.getCause();
        if (reason instanceof ProtocolViolation violation) {
            refuse(context, Unpooled.EMPTY_BUFFER, violation.report());
            return;
        }
        log.atDebug().addKeyValue("reason", reason).log("admin connection ended");
        context.close();
    }
}
