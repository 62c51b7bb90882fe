package dev.pointsman.core;

import dev.pointsman.core.config.Listen.Local;
import dev.pointsman.core.listen.Listener;
import dev.pointsman.core.listen.local.SocketFile;
import dev.pointsman.core.listen.transport.Transport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// Where clients come in, from bound to closed: the port, and the socket file where one is wanted.
/// Control path only: every method blocks.
final class ClientPort {
    private static final Logger log = LoggerFactory.getLogger(ClientPort.class);

    private final Listener listener;
    private final Optional<SocketFile> file;

    private ClientPort(Listener listener, Optional<SocketFile> file) {
        this.listener = listener;
        this.file = file;
    }

    /// Waits for the port to be bound, then binds the socket file.
    ///
    /// @throws IOException naming what cannot be bound, and how to mend it
    static ClientPort open(CompletableFuture<Listener> binding, Local local, Transport transport)
            throws IOException {
        var listener = await(binding);
        return switch (local) {
            case Local.Off() -> new ClientPort(listener, Optional.empty());
            case Local.Folder folder -> {
                var file = SocketFile.of(folder, listener.port());
                try {
                    file.makeRoom();
                    await(listener.bindLocal(file.path(), transport));
                    file.open();
                } catch (IOException e) {
                    listener.close().join();
                    throw file.failure(e);
                }
                yield new ClientPort(listener, Optional.of(file));
            }
        };
    }

    private static <T> T await(CompletableFuture<T> future) throws IOException {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException cannot) {
                throw cannot;
            }
            throw e;
        }
    }

    /// The port that is bound, also when the system chose it.
    int port() {
        return listener.port();
    }

    /// Accepts no more; connections stay.
    void close() {
        listener.close().join();
        if (file.isPresent()) {
            try {
                file.get().remove();
            } catch (IOException e) {
                log.atWarn()
                        .addKeyValue("file", file.get().path())
                        .setCause(e)
                        .log("the socket file stays behind");
            }
        }
    }
}
