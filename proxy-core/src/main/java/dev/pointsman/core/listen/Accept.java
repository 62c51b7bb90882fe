package dev.pointsman.core.listen;

import dev.pointsman.core.listen.balancer.HearBalancer;
import dev.pointsman.core.listen.transport.TcpSettings;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.message.Replies;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.util.concurrent.ScheduledFuture;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Takes a new connection in: bounds how many there are and how long a login may take.
@Sharable
final class Accept extends ChannelInitializer<Channel> {
    /// The name of the handler that ends a login that takes too long.
    static final String LOGIN_LIMIT = "login limit";

    /// Connections beyond `max_client_conn` that are heard: they may want to cancel something.
    private static final int SPARE = 100;

    private final Door door;
    private final AtomicInteger connections = new AtomicInteger();

    Accept(Door door) {
        this.door = door;
    }

    @Override
    protected void initChannel(Channel channel) {
        TcpSettings.apply(channel, door.config().limits().tcp());
        int now = connections.incrementAndGet();
        channel.closeFuture().addListener(_ -> connections.decrementAndGet());
        if (now > door.config().limits().maxClientConn() + SPARE) {
            ByteBuf out = channel.alloc().buffer();
            Replies.report(out, Startup.full(door));
            channel.writeAndFlush(out).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        channel.pipeline().addLast(LOGIN_LIMIT, new LoginLimit(door));
        if (HearBalancer.isDue(channel, door.config().listen().balancers())) {
            channel.pipeline().addLast(new HearBalancer());
        }
        channel.pipeline().addLast(new NegotiateTls(door));
    }

    /// Ends the login when it has taken `client_login_timeout`. Removed when it is over.
    private static final class LoginLimit extends ChannelHandlerAdapter {
        private final Door door;
        private @Nullable ScheduledFuture<?> limit;

        LoginLimit(Door door) {
            this.door = door;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            Duration time = door.config().limits().clientLoginTimeout();
            if (!time.isZero()) {
                limit =
                        ctx.executor()
                                .schedule(
                                        () -> expire(ctx, time),
                                        time.toNanos(),
                                        TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            if (limit != null) {
                limit.cancel(false);
            }
        }

        private static void expire(ChannelHandlerContext ctx, Duration time) {
            ErrorReport why =
                    ErrorReport.fatal(
                                    SqlState.PROTOCOL_VIOLATION,
                                    "client_login_timeout: the login was not over after %d ms"
                                            .formatted(time.toMillis()))
                            .withHint("Connect again, or raise client_login_timeout.");
            if (ctx.pipeline().last() instanceof Phase phase) {
                phase.refuse(ctx.pipeline().lastContext(), phase.overdue(why));
            } else {
                ctx.close();
            }
        }
    }
}
