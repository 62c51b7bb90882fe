package dev.pointsman.core.simulation.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.Consumer;

/// The proxy's end of a connection whose other end is a model. Nothing moves by itself: bytes for
/// the proxy come when [#deliver] is called, bytes from it lie in [#sent] until the model takes
/// them.
public final class SimulatedChannel extends AbstractChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);
    private static final InetSocketAddress HERE =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    private static final WriteBufferWaterMark LOW = new WriteBufferWaterMark(64, 256);

    private final ChannelConfig config = new Config(this);
    private final Consumer<SimulatedChannel> onConnect;
    private final ByteQueue coming = new ByteQueue();
    private final ByteQueue sent = new ByteQueue();
    private InetSocketAddress remote = HERE;
    private @Nullable ChannelPromise connecting;
    private boolean open = true;
    private boolean active;
    private boolean readWanted;
    private boolean ended;
    private boolean gone;
    private boolean stalled;
    private int left;

    private SimulatedChannel(ByteBufAllocator allocator, Consumer<SimulatedChannel> onConnect) {
        super(null);
        this.onConnect = onConnect;
        config.setAllocator(allocator);
        config.setWriteBufferWaterMark(LOW);
    }

    /// A channel that the proxy will connect; the consumer is told when it does.
    public static SimulatedChannel toConnect(
            ByteBufAllocator allocator, Consumer<SimulatedChannel> onConnect) {
        return new SimulatedChannel(allocator, onConnect);
    }

    /// A channel that the proxy has accepted.
    public static SimulatedChannel accepted(ByteBufAllocator allocator) {
        var channel = new SimulatedChannel(allocator, _ -> {});
        channel.active = true;
        return channel;
    }

    /// Where the far end puts what it sends.
    public ByteQueue coming() {
        return coming;
    }

    /// What the proxy has sent and the far end has not taken yet.
    public ByteQueue sent() {
        return sent;
    }

    /// Whether the proxy has closed its end.
    public boolean isClosed() {
        return !open;
    }

    /// How often it has left its event loop without being closed.
    public int left() {
        return left;
    }

    /// The port that the proxy has connected to.
    public int port() {
        return remote.getPort();
    }

    public void connected() {
        ChannelPromise promise = connecting;
        connecting = null;
        if (promise != null && open) {
            active = true;
            promise.trySuccess();
            pipeline().fireChannelActive();
        }
    }

    public void refused() {
        ChannelPromise promise = connecting;
        connecting = null;
        if (promise != null) {
            promise.tryFailure(new ConnectException("refused"));
            unsafe().close(voidPromise());
        }
    }

    /// Whether the proxy would take bytes, or the end, now.
    public boolean canDeliver() {
        return active && isRegistered() && readWanted && (coming.size() > 0 || ended);
    }

    /// Hands the proxy at most so many bytes; the end, when all bytes are through.
    public void deliver(int most) {
        int count = Math.min(most, coming.size());
        if (count > 0) {
            readWanted = false;
            ByteBuf bytes = config.getAllocator().heapBuffer(count);
            coming.moveTo(bytes, count);
            pipeline().fireChannelRead(bytes);
            pipeline().fireChannelReadComplete();
        } else if (ended) {
            readWanted = false;
            if (gone) {
                pipeline().fireExceptionCaught(new Reset());
            }
            unsafe().close(voidPromise());
        }
    }

    /// Hands over everything that can be handed over.
    public void deliverAll() {
        while (canDeliver()) {
            deliver(Integer.MAX_VALUE);
        }
    }

    /// The far end says nothing more once its bytes are through.
    public void end() {
        ended = true;
    }

    /// The far end is gone: what is under way is lost. The proxy learns of it when [#deliver] is
    /// called; until then it sends into the void.
    public void die() {
        gone = true;
        ended = true;
        coming.clear();
        sent.clear();
    }

    /// Whether the far end's socket takes nothing at the moment.
    public void stalled(boolean now) {
        stalled = now;
        if (!now && open) {
            unsafe().flush();
        }
    }

    /// For people.
    public String told() {
        return "channel %s, coming %d%s, sent %d, %s"
                .formatted(
                        open ? "open" : "closed",
                        coming.size(),
                        ended ? " and the end" : "",
                        sent.size(),
                        config.isAutoRead() ? "read" : "not read");
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new AbstractUnsafe() {
            @Override
            public void connect(
                    SocketAddress remoteAddress,
                    SocketAddress localAddress,
                    ChannelPromise promise) {
                if (promise.setUncancellable() && ensureOpen(promise)) {
                    remote = (InetSocketAddress) remoteAddress;
                    connecting = promise;
                    onConnect.accept(SimulatedChannel.this);
                }
            }
        };
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        while (!stalled && in.current() instanceof ByteBuf bytes) {
            if (!gone) {
                sent.add(bytes);
            }
            in.remove();
        }
    }

    @Override
    protected void doClose() {
        open = false;
        active = false;
        coming.clear();
    }

    @Override
    protected void doBeginRead() {
        readWanted = true;
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected SocketAddress localAddress0() {
        return HERE;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return remote;
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        promise.setSuccess();
    }

    @Override
    protected void doBind(SocketAddress address) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doDeregister() {
        if (open) {
            left++;
        }
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return active;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    /// Takes what only sockets know.
    private static final class Config extends DefaultChannelConfig {
        Config(SimulatedChannel channel) {
            super(channel);
        }

        @Override
        public <T> boolean setOption(ChannelOption<T> option, T value) {
            return option.equals(ChannelOption.TCP_NODELAY)
                    || option.equals(ChannelOption.SO_KEEPALIVE)
                    || super.setOption(option, value);
        }
    }

    private static final class Reset extends IOException {
        private static final long serialVersionUID = 1L;

        Reset() {
            super("reset by the far end");
        }

        @Override
        public Throwable fillInStackTrace() {
            return this;
        }
    }
}
