package dev.pointsman.admin.console;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.AdminCommand;
import dev.pointsman.admin.console.link.ConsoleFrames;
import dev.pointsman.admin.console.link.Incoming;
import dev.pointsman.admin.port.Deadline;
import dev.pointsman.core.config.Admin.AdminUser;
import dev.pointsman.core.wire.message.CancelKey;
import dev.pointsman.core.wire.message.StartupPacket;

import io.netty.channel.Channel;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/// All console sessions of a proxy: begins them and finds the one that a cancel request means. Any
/// thread.
public final class Consoles {
    private static final int PROCESS_ID_FIRST = 1;

    private final Verifiers verifiers;
    private final Function<AdminCommand, Action> actions;
    private final AuditLog audit;
    private final Map<CancelKey, ConsoleSession> sessions = new ConcurrentHashMap<>();
    private final AtomicInteger processIds = new AtomicInteger(PROCESS_ID_FIRST);

    /// @param users who may log in, asked at each login
    public Consoles(
            Supplier<Map<String, AdminUser>> users,
            Function<AdminCommand, Action> actions,
            AuditLog audit) {
        verifiers = new Verifiers(users);
        this.actions = actions;
        this.audit = audit;
    }

    /// Makes a console session of a new connection. On its event loop.
    public void begin(Channel channel, Deadline deadline) {
        start(channel, deadline, new ConsoleFrames(false));
    }

    /// Makes a console session of a connection whose start-up packet has been read, such as one
    /// that came through the client port. On its event loop.
    public void begin(Channel channel, Deadline deadline, StartupPacket.Startup startup) {
        start(channel, deadline, new ConsoleFrames(true))
                .inbox()
                .accept(new Incoming.Packet(startup));
    }

    private ConsoleSession start(Channel channel, Deadline deadline, ConsoleFrames frames) {
        var session = new ConsoleSession(this, channel, frames, deadline);
        channel.pipeline().addLast(frames).addLast(session.inbox());
        Thread.ofVirtual().name("console").start(session);
        return session;
    }

    Verifiers verifiers() {
        return verifiers;
    }

    Function<AdminCommand, Action> actions() {
        return actions;
    }

    AuditLog audit() {
        return audit;
    }

    /// A key with a process id that no other session has.
    CancelKey register(ConsoleSession session, int secretBytes) {
        var key = CancelKey.random(processIds.getAndIncrement() & Integer.MAX_VALUE, secretBytes);
        sessions.put(key, session);
        return key;
    }

    void forget(CancelKey key) {
        sessions.remove(key);
    }

    /// Carries Ctrl-C to the session with that key; nothing happens when there is none.
    void cancel(CancelKey key) {
        var session = sessions.get(key);
        if (session != null) {
            session.attention().cancel();
        }
    }
}
