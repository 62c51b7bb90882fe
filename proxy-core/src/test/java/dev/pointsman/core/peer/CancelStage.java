package dev.pointsman.core.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A server on which statements that begin with `slow` run until the test lets them end, and cancel
/// requests are dealt with when the test says so. What happens there is kept in order.
public final class CancelStage implements AutoCloseable {
    private static final int CANCEL = 80_877_102;
    private static final int SECRETS_FROM = 1_000;

    private final ScriptedServer server = ScriptedServer.listening(this::play);
    private final List<String> log = new ArrayList<>();
    private final Map<String, CountDownLatch> latches = new ConcurrentHashMap<>();
    private volatile boolean endsCancelsAtOnce = true;

    public int port() {
        return server.port();
    }

    public int connections() {
        return server.accepted();
    }

    /// From now on a cancel request's socket stays open until [#endCancels].
    public void keepCancels() {
        endsCancelsAtOnce = false;
    }

    public void endCancels() {
        endsCancelsAtOnce = true;
        latch("cancels").countDown();
    }

    /// Waits until this statement has reached the server.
    public void awaitRunning(String sql) {
        await(latch("runs " + sql));
    }

    /// Waits until the server has read a cancel request.
    public void awaitCancel() {
        await(latch("cancel"));
    }

    /// Lets a statement end with a row.
    public void end(String sql) {
        log("ended " + sql);
        latch("ends " + sql).countDown();
    }

    /// Lets a statement end as a cancelled one does.
    public void endCancelled(String sql) {
        latch("cancelled " + sql).countDown();
        end(sql);
    }

    /// What has happened: `2: select 1` for a statement on the second connection, `cancel 2` for a
    /// request for that, `cancel ended` when its socket ends, `ended select 1`.
    public List<String> log() {
        synchronized (log) {
            return List.copyOf(log);
        }
    }

    /// The connection on which this statement came, 0: none.
    public int connectionOf(String sql) {
        return log().stream()
                .filter(line -> line.endsWith(": " + sql))
                .map(line -> Integer.parseInt(line.substring(0, line.indexOf(':'))))
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() {
        endCancels();
        server.close();
    }

    private void play(ScriptedServer.Conversation conversation) {
        var packet = conversation.expectPacket();
        if (packet.int32(0) == CANCEL) {
            takeCancel(conversation, packet);
        } else {
            conversation.sendAuthenticationOk();
            conversation.sendParameter("server_version", "18.6");
            conversation.sendParameter("client_encoding", "UTF8");
            conversation.sendParameter("standard_conforming_strings", "on");
            conversation.sendKey(conversation.number(), SECRETS_FROM + conversation.number());
            conversation.sendReady('I');
            conversation.untilTheyGo(() -> serve(conversation));
        }
    }

    private void takeCancel(ScriptedServer.Conversation conversation, Message packet) {
        int pid = packet.int32(4);
        if (packet.body().length != 12 || packet.int32(8) != SECRETS_FROM + pid) {
            throw new AssertionError("a cancel request with a wrong key: " + packet);
        }
        log("cancel " + pid);
        latch("cancel").countDown();
        if (!endsCancelsAtOnce) {
            conversation.until(latch("cancels"));
        }
        log("cancel ended");
    }

    private void serve(ScriptedServer.Conversation conversation) {
        char status = 'I';
        while (true) {
            var asked = conversation.receive();
            if (asked.type() != 'Q') {
                return;
            }
            String sql = asked.text();
            log(conversation.number() + ": " + sql);
            switch (sql) {
                case "begin" -> status = 'T';
                case "rollback" -> status = 'I';
                default -> {}
            }
            if (sql.isEmpty()) {
                conversation.send('I', Bytes.empty());
            } else if (sql.startsWith("slow")) {
                if (!endsWell(conversation, sql)) {
                    status = status == 'I' ? 'I' : 'E';
                }
            } else if (sql.startsWith("select")) {
                row(conversation, sql);
            } else {
                conversation.sendComplete("OK");
            }
            conversation.sendReady(status);
        }
    }

    private boolean endsWell(ScriptedServer.Conversation conversation, String sql) {
        latch("runs " + sql).countDown();
        conversation.until(latch("ends " + sql));
        if (latch("cancelled " + sql).getCount() == 0) {
            conversation.sendError("57014", "canceling statement due to user request");
            return false;
        }
        row(conversation, sql);
        return true;
    }

    private static void row(ScriptedServer.Conversation conversation, String value) {
        conversation.sendRowDescription();
        conversation.sendRow(value);
        conversation.sendComplete("SELECT 1");
    }

    private void log(String line) {
        synchronized (log) {
            log.add(line);
        }
    }

    private CountDownLatch latch(String name) {
        return latches.computeIfAbsent(name, _ -> new CountDownLatch(1));
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(Peer.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("it never came to that");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
