package dev.pointsman.core.session.carry;

import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.login.ServerParameters;
import dev.pointsman.core.wire.message.LoginReplies;
import dev.pointsman.core.wire.message.Requests;

import io.netty.buffer.ByteBuf;

import org.jspecify.annotations.Nullable;

import java.util.Set;

/// Keeps the settings that servers report the same for a client, whatever server connection it
/// gets: those that can be set are set there, the others are told to the client as they are.
public final class FollowedParameters {
    private static final int ASCII_MOST = 0x7f;
    private static final Set<String> TOLD_ONLY =
            Set.of(
                    "server_version",
                    "server_encoding",
                    "is_superuser",
                    "session_authorization",
                    "integer_datetimes",
                    "in_hot_standby");

    private FollowedParameters() {}

    /// Whether a server connection differs from what the client was told. Allocates nothing.
    ///
    /// @param untold what is to be where the client was told nothing; empty for a connection that
    ///   was given the session's state
    public static boolean differ(
            ServerParameters told, ServerParameters untold, ServerConnection connection) {
        ServerParameters server = connection.parameters();
        for (int i = 0; i < server.size(); i++) {
            String wanted = wanted(told, untold, connection.parameters().name(i), i);
            if (wanted != null && !wanted.equals(server.value(i))) {
                return true;
            }
        }
        return false;
    }

    /// Writes one query that gives the server the client's values; false when there is nothing to
    /// set.
    public static boolean writeSettings(
            ServerParameters told,
            ServerParameters untold,
            ServerConnection connection,
            ByteBuf toServer) {
        ServerParameters server = connection.parameters();
        StringBuilder sql = null;
        for (int i = 0; i < server.size(); i++) {
            String name = server.name(i);
            String wanted = wanted(told, untold, connection.parameters().name(i), i);
            if (wanted != null && !wanted.equals(server.value(i)) && !TOLD_ONLY.contains(name)) {
                sql = sql == null ? new StringBuilder("SELECT ") : sql.append(", ");
                sql.append("pg_catalog.set_config(").append(Literals.quoted(name)).append(", ");
                sql.append(Literals.quoted(wanted)).append(", false)");
                connection.noteSet(name, wanted);
            }
        }
        if (sql == null) {
            return false;
        }
        Requests.query(toServer, sql.toString());
        return true;
    }

    /// What the client was not told, because the server that let it in does not report it, is as it
    /// was before any client. A connection that was carried to has what cannot be read here for
    /// sure already.
    private static @Nullable String wanted(
            ServerParameters told, ServerParameters untold, String name, int index) {
        String known = told.get(name, index);
        if (known == null) {
            return untold.get(name, index);
        }
        return untold.size() == 0 && isUnsure(known, told) ? null : known;
    }

    private static boolean isUnsure(String value, ServerParameters told) {
        return !"UTF8".equals(told.get("client_encoding"))
                && value.chars().anyMatch(c -> c > ASCII_MOST);
    }

    /// Tells the client what cannot be set and is different on this server.
    public static void tellRest(ServerParameters told, ServerParameters server, ByteBuf toClient) {
        for (int i = 0; i < server.size(); i++) {
            String name = server.name(i);
            @Nullable String known = told.get(name, i);
            if (known != null && !known.equals(server.value(i)) && TOLD_ONLY.contains(name)) {
                told.put(name, server.value(i));
                LoginReplies.parameterStatus(toClient, name, server.value(i));
            }
        }
    }
}
