package dev.pointsman.core.listen.login;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.server.keys.UserKeys;
import dev.pointsman.core.wire.ErrorReport;

import io.netty.channel.EventLoop;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// What a login asks of servers. Event loops: nothing here blocks.
public interface Servers {
    /// How a server took a login with a client's password.
    sealed interface Answer {
        /// The server knows the password.
        ///
        /// @param keys what the server needed for it
        record LetIn(UserKeys keys) implements Answer {}

        /// The server says that the password is wrong, or the user may not log in.
        record Refused(String words) implements Answer {}

        /// It could not be asked, or could not say.
        record Silent(ErrorReport why) implements Answer {}
    }

    /// What the serving database stores about a user.
    sealed interface Found {
        record Stored(Secret secret) implements Found {}

        /// There is no such user, or none that may log in.
        record Nobody() implements Found {}

        record Silent(ErrorReport why) implements Found {}
    }

    /// The server that serves the database; empty when there is no such database.
    Optional<String> serving(String database);

    /// The servers of the database that do not serve it now.
    List<String> others(String database);

    /// Why nobody may be asked about this database at the moment; on the loop.
    Optional<ErrorReport> shut(String database, EventLoop loop);

    /// Logs in to see whether a password is right. While it is under way, the database's serving
    /// server is not regarded as sealed.
    CompletableFuture<Answer> test(
            String database, String server, String user, Secret.Clear password, EventLoop loop);

    /// Runs `auth.query` in the serving database.
    CompletableFuture<Found> find(String database, String user);
}
