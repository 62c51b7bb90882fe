package dev.pointsman.core.session.carry;

import dev.pointsman.core.server.Answer;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.login.ServerRefused;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.SqlState;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/// Learns the settings that are to follow clients although the server does not report them, on a
/// connection that was just opened and that nobody has used.
public final class Baseline {
    private Baseline() {}

    /// The connection once they are known; fails when they cannot be read.
    public static Future<ServerConnection> learn(
            Future<ServerConnection> opening, List<String> names, EventLoop loop) {
        if (names.isEmpty()) {
            return opening;
        }
        Promise<ServerConnection> learnt = loop.newPromise();
        opening.addListener(
                (Future<ServerConnection> opened) -> {
                    if (opened.isSuccess()) {
                        ask(opened.getNow(), names, learnt);
                    } else {
                        learnt.setFailure(opened.cause());
                    }
                });
        return learnt;
    }

    private static void ask(
            ServerConnection on, List<String> names, Promise<ServerConnection> learnt) {
        String sql =
                names.stream()
                        .map(Literals::quoted)
                        .map(
                                name ->
                                        "SELECT "
                                                + name
                                                + ", pg_catalog.current_setting("
                                                + name
                                                + ", true)")
                        .collect(Collectors.joining(" UNION ALL "));
        on.ask(sql)
                .addListener(
                        (Future<Answer> asked) -> {
                            if (asked.isSuccess() && asked.getNow().clean()) {
                                take(on, asked.getNow());
                                learnt.setSuccess(on);
                            } else {
                                on.close();
                                learnt.setFailure(asked.isSuccess() ? refused() : asked.cause());
                            }
                        });
    }

    private static void take(ServerConnection on, Answer answer) {
        var values = new LinkedHashMap<String, String>();
        for (List<@Nullable String> row : answer.rows()) {
            values.put(
                    Objects.requireNonNullElse(row.getFirst(), ""),
                    Objects.requireNonNullElse(row.getLast(), ""));
        }
        on.follow(values);
    }

    private static ServerRefused refused() {
        return new ServerRefused(
                ErrorReport.fatal(
                                SqlState.CANNOT_CONNECT_NOW,
                                "the settings of pool.follow cannot be read from the server")
                        .withHint("Look at the server's log, and at pool.follow."));
    }
}
