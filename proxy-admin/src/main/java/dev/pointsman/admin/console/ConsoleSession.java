package dev.pointsman.admin.console;

import dev.pointsman.admin.command.Attention;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.command.ConsoleVersion;
import dev.pointsman.admin.command.Operator;
import dev.pointsman.admin.console.link.ConsoleFrames;
import dev.pointsman.admin.console.link.Inbox;
import dev.pointsman.admin.console.link.Incoming;
import dev.pointsman.admin.console.link.Outbox;
import dev.pointsman.admin.port.Deadline;
import dev.pointsman.core.channel.Ends;
import dev.pointsman.core.tls.Secured;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.TransactionStatus;
import dev.pointsman.core.wire.auth.EndPoint;
import dev.pointsman.core.wire.message.CancelKey;
import dev.pointsman.core.wire.message.LoginReplies;
import dev.pointsman.core.wire.message.Replies;
import dev.pointsman.core.wire.message.StartupPacket;

import io.netty.channel.Channel;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One operator's connection from its start-up packet to its end, straight through on a virtual
/// thread: encryption refused, database, login, then the [Conversation].
final class ConsoleSession implements Runnable {
    private static final Set<String> DATABASES = Set.of("pointsman", "pgbouncer");

    private final Consoles consoles;
    private final Channel channel;
    private final ConsoleFrames frames;
    private final Deadline deadline;
    private final Attention attention = new Attention();
    private final Inbox inbox;
    private final Outbox out;

    ConsoleSession(Consoles consoles, Channel channel, ConsoleFrames frames, Deadline deadline) {
        this.consoles = consoles;
        this.channel = channel;
        this.frames = frames;
        this.deadline = deadline;
        inbox = new Inbox(channel, attention::lose);
        out = new Outbox(channel);
    }

    Inbox inbox() {
        return inbox;
    }

    Attention attention() {
        return attention;
    }

    @Override
    public void run() {
        try {
            startUp();
        } catch (Refused refused) {
            say(refused.report());
        } catch (ProtocolViolation violation) {
            say(violation.report());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            out.close();
        }
    }

    private void say(ErrorReport report) {
        try {
            out.add(buffer -> Replies.report(buffer, report));
            out.flush();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void startUp() throws Refused, InterruptedException {
        switch (inbox.take()) {
            case Incoming.Packet(StartupPacket.Startup startup) -> serve(startup);
            case Incoming.Packet(StartupPacket.Cancel(var key)) -> consoles.cancel(key);
            case Incoming.Packet(StartupPacket.Ssl()), Incoming.Packet(StartupPacket.Gss()) ->
                    throw new ProtocolViolation("encryption has been answered for already");
            case Incoming.Broken(var report) -> throw new Refused(report);
            case Incoming.Message _, Incoming.Gone() -> {}
        }
    }

    private void serve(StartupPacket.Startup startup) throws Refused, InterruptedException {
        var negotiation = startup.negotiation();
        if (negotiation.isPresent()) {
            var answer = negotiation.get();
            out.add(buffer -> LoginReplies.negotiateProtocolVersion(buffer, answer));
        }
        var address = host(Ends.remote(channel));
        var user =
                new ConsoleLogin(consoles.verifiers(), inbox, out, bindings())
                        .prove(startup.user(), address);
        if (!DATABASES.contains(startup.database())) {
            throw new Refused(
                    ErrorReport.fatal(
                                    SqlState.INVALID_CATALOG_NAME,
                                    "the admin port has no database \"" + startup.database() + "\"")
                            .withHint("Connect to the database pointsman, or to pgbouncer."));
        }
        deadline.lift();
        frames.admit();
        var operator = new Operator(user.name(), user.role(), address);
        var key = consoles.register(this, startup.secretBytes());
        try {
            welcome(startup, operator, key);
            var runner = new CommandRunner(consoles.actions(), consoles.audit(), caller(operator));
            new Conversation(inbox, out, runner).run();
        } finally {
            consoles.forget(key);
        }
    }

    private List<EndPoint> bindings() {
        return Secured.of(channel).map(Secured::bindings).orElse(List.of());
    }

    private static String host(SocketAddress address) {
        return address instanceof InetSocketAddress inet && !inet.isUnresolved()
                ? inet.getAddress().getHostAddress()
                : Ends.isLocal(address) ? "unix" : address.toString();
    }

    private void welcome(StartupPacket.Startup startup, Operator operator, CancelKey key)
            throws InterruptedException {
        var settings =
                Map.ofEntries(
                        Map.entry("server_version", ConsoleVersion.SERVER_VERSION),
                        Map.entry("server_encoding", "UTF8"),
                        Map.entry("client_encoding", "UTF8"),
                        Map.entry(
                                "application_name",
                                startup.parameters().getOrDefault("application_name", "")),
                        Map.entry("DateStyle", "ISO, MDY"),
                        Map.entry("IntervalStyle", "postgres"),
                        Map.entry("TimeZone", "UTC"),
                        Map.entry("integer_datetimes", "on"),
                        Map.entry("standard_conforming_strings", "on"),
                        Map.entry("in_hot_standby", "off"),
                        Map.entry("default_transaction_read_only", "off"),
                        Map.entry("is_superuser", "off"),
                        Map.entry("session_authorization", operator.name()));
        out.add(
                buffer -> {
                    LoginReplies.authenticationOk(buffer);
                    settings.forEach(
                            (name, value) -> LoginReplies.parameterStatus(buffer, name, value));
                    LoginReplies.backendKeyData(buffer, key);
                    Replies.readyForQuery(buffer, TransactionStatus.IDLE);
                });
        out.flush();
    }

    private Caller caller(Operator operator) {
        return new Caller() {
            @Override
            public Operator operator() {
                return operator;
            }

            @Override
            public void notice(String text) {
                out.notice(ErrorReport.notice(text));
            }

            @Override
            public Attention attention() {
                return attention;
            }
        };
    }
}
