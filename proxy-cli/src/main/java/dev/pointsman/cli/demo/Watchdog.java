package dev.pointsman.cli.demo;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Ends this process's servers and deletes their folders when this process is killed in a way that
/// no hook of its own can see: a small shell beside it reads from a pipe that the system closes
/// with this process, however it ends. Any thread.
public final class Watchdog {
    private static final Logger log = LoggerFactory.getLogger(Watchdog.class);

    /// Lines are `add pid signal folder` and `drop pid`. What is left at the end is told to go,
    /// killed five seconds later, and its folder deleted.
    private static final String SCRIPT =
            """
            trap '' INT TERM HUP
            while read -r verb pid signal folder; do
                case $verb in
                    add) set -- "$@" "$pid $signal $folder" ;;
                    drop)
                        for one do
                            shift
                            [ "${one%% *}" = "$pid" ] || set -- "$@" "$one"
                        done ;;
                esac
            done
            [ $# -gt 0 ] || exit 0
            for one do
                rest=${one#* }
                kill -"${rest%% *}" "${one%% *}" 2>/dev/null
            done
            for _ in 1 2 3 4 5 6 7 8 9 10; do
                alive=
                for one do
                    kill -0 "${one%% *}" 2>/dev/null && alive=yes
                done
                [ -n "$alive" ] || break
                sleep 0.5
            done
            for one do
                kill -KILL "${one%% *}" 2>/dev/null
                rest=${one#* }
                rm -rf "${rest#* }"
            done
            """;

    private static final Watchdog OURS = new Watchdog();

    private final PrintWriter lines;

    private Watchdog() {
        lines = new PrintWriter(start(), true);
    }

    private static Writer start() {
        try {
            return new ProcessBuilder("/bin/sh", "-c", SCRIPT, "watchdog")
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start()
                    .outputWriter(StandardCharsets.UTF_8);
        } catch (IOException e) {
            log.atInfo()
                    .addKeyValue("cause", e.toString())
                    .log("no shell: servers stay when this process is killed");
            return Writer.nullWriter();
        }
    }

    /// From now on the process goes with this one.
    ///
    /// @param signal what asks it to go, such as `TERM`
    /// @param folder deleted once it has gone
    public static void add(long pid, String signal, Path folder) {
        OURS.tell("add " + pid + " " + signal + " " + folder);
    }

    /// It has ended, or is ended by somebody else.
    public static void drop(long pid) {
        OURS.tell("drop " + pid);
    }

    private synchronized void tell(String line) {
        lines.print(line + "\n");
        lines.flush();
    }
}
