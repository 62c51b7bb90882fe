package dev.pointsman.core.config.file.secret;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.SecretSource;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// A password that a command gives anew from time to time. Whoever asks gets the one at hand; when
/// that is older than `every`, a virtual thread fetches the next behind the caller's back. While
/// the command fails, the last good one stays and each failure is logged.
public final class SecretCommand implements SecretSource {
    private static final Logger log = LoggerFactory.getLogger(SecretCommand.class);
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final int LONGEST_OUTPUT = 8192;

    private final String command;
    private final Duration every;
    private final AtomicBoolean fetching = new AtomicBoolean();
    private volatile Secret secret;
    private volatile long fetchedAt = System.nanoTime();

    public SecretCommand(String command, Duration every, Secret first) {
        this.command = command;
        this.every = every;
        this.secret = first;
    }

    @Override
    public Secret now() {
        if (System.nanoTime() - fetchedAt > every.toNanos()
                && fetching.compareAndSet(false, true)) {
            Thread.ofVirtual().name("secret-refresh").start(this::fetch);
        }
        return secret;
    }

    private void fetch() {
        try {
            secret = found(run(command), "the command");
        } catch (IOException e) {
            log.atWarn()
                    .addKeyValue("reason", reason(e))
                    .log("a password cannot be refreshed, the last one stays");
        } finally {
            fetchedAt = System.nanoTime();
            fetching.set(false);
        }
    }

    /// What the command writes to its standard output. Blocks for ten seconds at most.
    public static String run(String command) throws IOException {
        var process =
                new ProcessBuilder("/bin/sh", "-c", command)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            process.getOutputStream().close();
            var killer =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            if (!process.waitFor(
                                                    LONGEST.toMillis(), TimeUnit.MILLISECONDS)) {
                                                process.destroyForcibly();
                                            }
                                        } catch (InterruptedException _) {
                                            Thread.currentThread().interrupt();
                                        }
                                    });
            var output = process.getInputStream().readNBytes(LONGEST_OUTPUT);
            var code = process.waitFor();
            killer.interrupt();
            if (code != 0) {
                throw new IOException("the command ended with " + code);
            }
            return new String(output, StandardCharsets.UTF_8);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the command ran", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /// What kind of secret a text is.
    public static Secret secret(String text) {
        return Secret.hash(text).orElseGet(() -> new Secret.Clear(text));
    }

    /// The secret in what a file or a command gave, without the line's end.
    public static Secret found(String output, String where) throws IOException {
        var text = output.strip();
        if (text.isEmpty()) {
            throw new IOException(where + " gave nothing");
        }
        return secret(text);
    }

    /// What a person should read of why a password cannot be fetched.
    public static String reason(IOException e) {
        return e instanceof NoSuchFileException missing
                ? "there is no file " + missing.getFile()
                : String.valueOf(e.getMessage());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SecretCommand that
                && that.command.equals(command)
                && that.every.equals(every);
    }

    @Override
    public int hashCode() {
        return command.hashCode();
    }

    @Override
    public String toString() {
        return "SecretCommand[" + Secret.HIDDEN + "]";
    }
}
