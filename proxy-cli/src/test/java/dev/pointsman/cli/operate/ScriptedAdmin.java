package dev.pointsman.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.admin.command.View;
import dev.pointsman.admin.rows.Column;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// An admin port that gives prepared answers, over the real protocol. Each answer to a command is
/// given once, the last one again and again.
final class ScriptedAdmin implements AutoCloseable {
    private static final int AUTHENTICATION = 'R';
    private static final int CLEARTEXT = 3;
    private static final int SSL_REQUEST = 80877103;

    private final ServerSocket socket;
    private final Thread accepting;
    private final Map<String, Deque<Reply>> replies = new ConcurrentHashMap<>();
    private final List<String> commands = new CopyOnWriteArrayList<>();

    private volatile String password = "";

    /// What a command is answered with.
    sealed interface Reply {
        /// Columns (`name` or `name:n` for a number) and rows with `null` for NULL.
        record Rows(String columns, List<List<String>> rows) implements Reply {}

        record Failure(String sqlState, String message, String detail, String hint)
                implements Reply {
            Failure(String sqlState, String message, String hint) {
                this(sqlState, message, "", hint);
            }
        }

        /// A notice, then something else once `go` is open.
        record Notice(String text, CountDownLatch go, Reply then) implements Reply {}

        /// The connection is cut.
        record Cut() implements Reply {}
    }

    ScriptedAdmin() throws IOException {
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        accepting = Thread.ofVirtual().name("scripted-admin").start(this::accept);
    }

    /// Lets only those in who know it.
    ScriptedAdmin password(String word) {
        password = word;
        return this;
    }

    int port() {
        return socket.getLocalPort();
    }

    String url() {
        return "postgres://operator:secret@127.0.0.1:" + socket.getLocalPort() + "/pointsman";
    }

    /// The commands of the operator so far.
    List<String> commands() {
        return commands;
    }

    ScriptedAdmin answer(String command, Reply reply) {
        replies.computeIfAbsent(command, _ -> new ConcurrentLinkedDeque<>()).add(reply);
        return this;
    }

    /// What the script leaves out of a view's columns is NULL.
    ScriptedAdmin rows(String command, String columns, String... rows) {
        var missing = missing(command, columns);
        var cells = new ArrayList<List<String>>();
        for (var row : rows) {
            var all = new ArrayList<>(List.of(row.split("\\|", -1)));
            missing.forEach(_ -> all.add("null"));
            cells.add(all);
        }
        var all = (columns + " " + String.join(" ", missing)).strip();
        return answer(command, new Reply.Rows(all, cells));
    }

    private static List<String> missing(String command, String columns) {
        var words = command.split(" ", -1);
        if (!words[0].equals("SHOW")) {
            return List.of();
        }
        var view = View.of(words[1]).orElseThrow().columns().stream().map(Column::name).toList();
        var scripted = List.of(columns.replace(":n", "").split(" ", -1));
        assertThat(view).as("the columns of " + command).containsAll(scripted);
        return view.stream().filter(name -> !scripted.contains(name)).toList();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                var client = socket.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            var in = new DataInputStream(client.getInputStream());
            var out = new DataOutputStream(client.getOutputStream());
            startup(in, out);
            if (!password.isEmpty() && !proven(in, out)) {
                return;
            }
            message(out, AUTHENTICATION, data -> data.writeInt(0));
            parameter(out, "server_version", "14.0");
            parameter(out, "client_encoding", "UTF8");
            parameter(out, "DateStyle", "ISO, MDY");
            parameter(out, "TimeZone", "UTC");
            parameter(out, "integer_datetimes", "on");
            parameter(out, "standard_conforming_strings", "on");
            ready(out);
            while (true) {
                int type = in.read();
                if (type != 'Q') {
                    return;
                }
                var text = new byte[in.readInt() - 4];
                in.readFully(text);
                var command = new String(text, 0, text.length - 1, StandardCharsets.UTF_8);
                commands.add(command);
                reply(out, next(command));
                ready(out);
            }
        } catch (IOException | InterruptedException _) {
            // The client is gone, or is to believe that we are.
            commands.add("(end)");
        }
    }

    private boolean proven(DataInputStream in, DataOutputStream out) throws IOException {
        message(out, AUTHENTICATION, data -> data.writeInt(CLEARTEXT));
        in.readByte();
        var given = new byte[in.readInt() - 4];
        in.readFully(given);
        if (new String(given, 0, given.length - 1, StandardCharsets.UTF_8).equals(password)) {
            return true;
        }
        try {
            reply(out, new Reply.Failure("28P01", "login failed", ""));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private static void startup(DataInputStream in, DataOutputStream out) throws IOException {
        int length = in.readInt();
        int code = in.readInt();
        if (code == SSL_REQUEST) {
            out.writeByte('N');
            out.flush();
            startup(in, out);
            return;
        }
        in.skipNBytes(length - 8L);
    }

    private Reply next(String command) {
        var prepared = replies.get(command);
        if (prepared == null) {
            return new Reply.Failure("42601", "the script has no answer to " + command, "");
        }
        return prepared.size() > 1 ? prepared.removeFirst() : prepared.getFirst();
    }

    private static void reply(DataOutputStream out, Reply reply)
            throws IOException, InterruptedException {
        switch (reply) {
            case Reply.Cut() -> throw new IOException("cut");
            case Reply.Failure(var state, var message, var detail, var hint) ->
                    message(
                            out,
                            'E',
                            data -> {
                                field(data, 'S', "ERROR");
                                field(data, 'V', "ERROR");
                                field(data, 'C', state);
                                field(data, 'M', message);
                                if (!detail.isEmpty()) {
                                    field(data, 'D', detail);
                                }
                                if (!hint.isEmpty()) {
                                    field(data, 'H', hint);
                                }
                                data.write(0);
                            });
            case Reply.Notice(var text, var go, var then) -> {
                message(
                        out,
                        'N',
                        data -> {
                            field(data, 'S', "NOTICE");
                            field(data, 'V', "NOTICE");
                            field(data, 'C', "00000");
                            field(data, 'M', text);
                            data.write(0);
                        });
                go.await();
                reply(out, then);
            }
            case Reply.Rows(var columns, var rows) -> rows(out, columns.split(" "), rows);
        }
    }

    private static void rows(DataOutputStream out, String[] columns, List<List<String>> rows)
            throws IOException {
        message(
                out,
                'T',
                data -> {
                    data.writeShort(columns.length);
                    for (var column : columns) {
                        boolean number = column.endsWith(":n");
                        text(data, column.replace(":n", ""));
                        data.writeInt(0);
                        data.writeShort(0);
                        data.writeInt(number ? 1700 : 25);
                        data.writeShort(-1);
                        data.writeInt(-1);
                        data.writeShort(0);
                    }
                });
        for (var row : rows) {
            message(
                    out,
                    'D',
                    data -> {
                        data.writeShort(row.size());
                        for (var cell : row) {
                            var bytes = cell.getBytes(StandardCharsets.UTF_8);
                            data.writeInt(cell.equals("null") ? -1 : bytes.length);
                            if (!cell.equals("null")) {
                                data.write(bytes);
                            }
                        }
                    });
        }
        message(out, 'C', data -> text(data, "SHOW"));
    }

    private interface Filling {
        void into(DataOutputStream data) throws IOException;
    }

    private static void message(DataOutputStream out, int type, Filling filling)
            throws IOException {
        var bytes = new ByteArrayOutputStream();
        filling.into(new DataOutputStream(bytes));
        out.write(type);
        out.writeInt(bytes.size() + 4);
        out.write(bytes.toByteArray());
        out.flush();
    }

    private static void parameter(DataOutputStream out, String name, String value)
            throws IOException {
        message(
                out,
                'S',
                data -> {
                    text(data, name);
                    text(data, value);
                });
    }

    private static void ready(DataOutputStream out) throws IOException {
        message(out, 'Z', data -> data.write('I'));
    }

    private static void field(DataOutputStream data, int type, String value) throws IOException {
        data.write(type);
        text(data, value);
    }

    private static void text(DataOutputStream data, String value) throws IOException {
        data.write(value.getBytes(StandardCharsets.UTF_8));
        data.write(0);
    }

    /// Nobody gets in once this has returned: the port is given up only when nobody accepts any
    /// more.
    @Override
    public void close() throws IOException {
        socket.close();
        try {
            accepting.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
