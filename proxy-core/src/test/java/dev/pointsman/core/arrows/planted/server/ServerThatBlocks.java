package dev.pointsman.core.arrows.planted.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

public final class ServerThatBlocks {
    private int depth;

    public int lockDepth() {
        synchronized (this) {
            return depth++;
        }
    }

    public synchronized void reset() {
        depth = 0;
    }

    public static String waited(CompletableFuture<String> answer) {
        return answer.join();
    }

    public static String read() throws IOException {
        return Files.readString(Path.of("password"));
    }
}
