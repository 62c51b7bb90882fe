package dev.pointsman.admin.console;

import dev.pointsman.admin.console.link.Inbox;
import dev.pointsman.admin.console.link.Incoming;
import dev.pointsman.admin.console.link.Outbox;
import dev.pointsman.core.config.Admin.AdminUser;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.FrontendType;
import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.auth.EndPoint;
import dev.pointsman.core.wire.auth.ScramServer;
import dev.pointsman.core.wire.message.LoginReplies;
import dev.pointsman.core.wire.message.RequestPeek;

import io.netty.buffer.ByteBuf;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;

/// Lets an admin user prove the password by SCRAM-SHA-256, the only way into the console whatever
/// the clients of databases may use.
final class ConsoleLogin {
    private static final Logger log = LoggerFactory.getLogger(ConsoleLogin.class);

    private final Verifiers verifiers;
    private final Inbox inbox;
    private final Outbox out;
    private final List<EndPoint> bindings;

    ConsoleLogin(Verifiers verifiers, Inbox inbox, Outbox out, List<EndPoint> bindings) {
        this.verifiers = verifiers;
        this.inbox = inbox;
        this.out = out;
        this.bindings = bindings;
    }

    /// The user, once proved. A wrong user and a wrong password are refused alike.
    AdminUser prove(String name, String address) throws Refused, InterruptedException {
        out.add(buffer -> LoginReplies.sasl(buffer, ScramServer.mechanisms(bindings)));
        out.flush();
        var initial = RequestPeek.saslInitial(password());
        var exchange =
                ScramServer.begin(
                        verifiers.of(name), bindings, initial.mechanism(), initial.data());
        out.add(buffer -> LoginReplies.saslContinue(buffer, exchange.serverFirst()));
        out.flush();
        var outcome = exchange.finish(RequestPeek.saslResponse(password()));
        var user = verifiers.user(name);
        if (user.isPresent() && outcome instanceof ScramServer.Accepted accepted) {
            out.add(buffer -> LoginReplies.saslFinal(buffer, accepted.serverFinal()));
            return user.get();
        }
        log.atWarn()
                .addKeyValue("user", name)
                .addKeyValue("address", address)
                .log("console login refused");
        throw new Refused(
                ErrorReport.fatal(
                        SqlState.INVALID_PASSWORD,
                        "password authentication failed for user \"" + name + "\""));
    }

    private ByteBuf password() throws Refused, InterruptedException {
        return switch (inbox.take()) {
            case Incoming.Message(var type, var body) when type == FrontendType.PASSWORD -> body;
            case Incoming.Broken(var report) -> throw new Refused(report);
            case Incoming.Message _, Incoming.Packet _ ->
                    throw new ProtocolViolation("a password message was expected");
            case Incoming.Gone() -> throw new ProtocolViolation("the client left during its login");
        };
    }
}
