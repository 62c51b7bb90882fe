package dev.pointsman.core.wire.message;

import dev.pointsman.core.wire.ProtocolViolation;

import io.netty.buffer.ByteBuf;

import java.util.ArrayList;
import java.util.List;

/// What a server asks of us while we log in.
public sealed interface AuthenticationRequest {
    record Ok() implements AuthenticationRequest {}

    record CleartextPassword() implements AuthenticationRequest {}

    /// The password is to be hashed with a salt of four bytes, the first one highest.
    record Md5Password(int salt) implements AuthenticationRequest {}

    /// A SASL exchange is to begin; mechanisms in the server's order of preference.
    record Sasl(List<String> mechanisms) implements AuthenticationRequest {
        public Sasl {
            mechanisms = List.copyOf(mechanisms);
        }
    }

    record SaslContinue(String data) implements AuthenticationRequest {}

    record SaslFinal(String data) implements AuthenticationRequest {}

    /// A way to log in that is not spoken here.
    record Unsupported(int code) implements AuthenticationRequest {
        /// For people.
        public String name() {
            return switch (code) {
                case 2 -> "Kerberos V5";
                case 6 -> "SCM credentials";
                case 7, 8 -> "GSSAPI";
                case 9 -> "SSPI";
                default -> "authentication code " + code;
            };
        }
    }

    /// Reads the body of an authentication message.
    ///
    /// @throws ProtocolViolation when the body is malformed
    static AuthenticationRequest decode(ByteBuf body) {
        int code = Fields.readInt(body, "an authentication request");
        return switch (code) {
            case 0 -> new Ok();
            case 3 -> new CleartextPassword();
            case 5 -> new Md5Password(Fields.readInt(body, "an MD5 password request"));
            case 10 -> new Sasl(mechanisms(body));
            case 11 -> new SaslContinue(Fields.readText(body));
            case 12 -> new SaslFinal(Fields.readText(body));
            default -> new Unsupported(code);
        };
    }

    private static List<String> mechanisms(ByteBuf body) {
        var found = new ArrayList<String>();
        var name = Fields.readString(body, "the list of SASL mechanisms");
        while (!name.isEmpty()) {
            found.add(name);
            name = Fields.readString(body, "the list of SASL mechanisms");
        }
        return found;
    }
}
