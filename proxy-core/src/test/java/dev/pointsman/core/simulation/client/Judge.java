package dev.pointsman.core.simulation.client;

import dev.pointsman.core.simulation.client.Request.Kind;
import dev.pointsman.core.simulation.server.Ledger.Fate;
import dev.pointsman.core.simulation.server.Ledger.Op;

import java.util.ArrayList;
import java.util.List;

/// Holds every answer that one client gets against what may come, and writes down what the client
/// knows of its writes.
final class Judge {
    private static final String NONE = "";

    private final int client;
    private final boolean perTransaction;
    private final Troubles troubles;
    private final List<Op> block = new ArrayList<>();
    private char status = 'I';
    private int blockBegan;
    private String set = NONE;
    private boolean listens;

    /// Its server connection was taken from it, or it was killed: it may learn of that.
    private boolean excused;

    Judge(int client, boolean perTransaction, Troubles troubles) {
        this.client = client;
        this.perTransaction = perTransaction;
        this.troubles = troubles;
    }

    char status() {
        return status;
    }

    void excuse() {
        excused = true;
    }

    boolean listens() {
        return listens;
    }

    /// A whole answer has come.
    void answered(Request request, char now) {
        char before = status;
        troubles.say(() -> "client " + client + " " + before + now + " " + request);
        status = now;
        require(now == expected(before, request), request, "leads from " + before + " to " + now);
        if (request.failed()) {
            failed(request, before);
        } else if (before == 'E') {
            boolean ends = request.kind == Kind.COMMIT || request.kind == Kind.ROLLBACK;
            require(ends && request.tags.equals(List.of("ROLLBACK")), request, "in a failed block");
        } else {
            succeeded(request, before);
        }
    }

    /// The server or the proxy says its last words, with these requests unanswered.
    void lastWords(String code, String text, List<Request> open) {
        troubles.say(() -> "client " + client + " is ended by " + code + text + open);
        int since = open.isEmpty() ? troubles.now() : open.getFirst().sentAt;
        boolean explained =
                excused || listens || troubles.serversSince(status == 'I' ? since : blockBegan);
        if (!explained) {
            fault("was ended for no reason: " + code + " " + text);
        }
        boolean certain =
                code.equals("08006") || code.equals("57P03") || text.contains("be carried");
        lost(open, certain ? Fate.FAILED : Fate.UNKNOWN);
    }

    /// The connection is over. `fate` is what becomes of what was not answered.
    void lost(List<Request> open, Fate fate) {
        open.forEach(request -> request.ops.forEach(op -> op.fate(fate)));
        block.forEach(op -> op.fate(fate));
        block.clear();
        status = 'I';
    }

    private static char expected(char before, Request request) {
        boolean ends = request.kind == Kind.COMMIT || request.kind == Kind.ROLLBACK;
        if (before == 'I') {
            return request.kind == Kind.BEGIN && !request.failed() ? 'T' : 'I';
        }
        boolean stays =
                request.failed() && (request.kind != Kind.COMMIT || request.error.equals("57014"));
        return stays ? 'E' : ends ? 'I' : before;
    }

    private void failed(Request request, char before) {
        request.ops.forEach(op -> op.fate(Fate.FAILED));
        block.forEach(op -> op.fate(Fate.FAILED));
        block.clear();
        int since = before == 'I' ? request.sentAt : blockBegan;
        boolean explained =
                switch (request.error) {
                    case "22012" -> request.kind == Kind.FAIL;
                    case "25P02" -> before == 'E';
                    case "57014" -> request.cancelled;
                    case "53300" ->
                            perTransaction
                                    && (request.kind == Kind.SET || request.kind == Kind.LISTEN);
                    case "40001" -> troubles.takenBackSince(since);
                    default -> false;
                };
        require(explained, request, "failed for no reason");
    }

    private void succeeded(Request request, char before) {
        switch (request.kind) {
            case INSERT -> wrote(request, before, "INSERT 0 ");
            case EXTENDED -> wrote(request, before, "INSERT 0 ");
            case COPY -> wrote(request, before, "COPY ");
            case BEGIN -> blockBegan = request.sentAt;
            case COMMIT -> {
                require(request.tags.equals(List.of("COMMIT")), request, "is no commit");
                block.forEach(op -> op.fate(Fate.ACKNOWLEDGED));
                block.clear();
            }
            case ROLLBACK -> {
                require(request.tags.equals(List.of("ROLLBACK")), request, "is no rollback");
                block.forEach(op -> op.fate(Fate.FAILED));
                block.clear();
            }
            case SELECT -> require(request.values.contains(request.text), request, "is another's");
            case SET -> set = request.text;
            case SHOW -> require(request.values.equals(List.of(set)), request, "is not " + set);
            case LISTEN -> listens = true;
            case FAIL -> require(false, request, "cannot succeed");
        }
    }

    private void wrote(Request request, char before, String tag) {
        var wanted = request.ops.stream().map(op -> tag + op.id()).toList();
        require(request.tags.equals(wanted), request, "is the answer to something else");
        if (before == 'I') {
            request.ops.forEach(op -> op.fate(Fate.ACKNOWLEDGED));
        } else {
            block.addAll(request.ops);
        }
    }

    private void require(boolean holds, Request request, String otherwise) {
        if (!holds) {
            fault(otherwise + ": " + request);
        }
    }

    private void fault(String what) {
        troubles.fault("client " + client + " " + what);
    }
}
