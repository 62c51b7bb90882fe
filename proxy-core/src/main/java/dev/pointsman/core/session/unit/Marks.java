package dev.pointsman.core.session.unit;

import java.util.Arrays;

/// The messages sent and not yet answered, in order: a ring of small numbers. An extended-protocol
/// run is one mark that counts its messages; it is answered once for each.
final class Marks {
    static final int NONE = 0;
    static final int QUERY = 1;
    static final int SYNC = 2;
    static final int COPY_END = 3;
    static final int REFUSAL = 4;
    static final int EXTENDED = 5;

    private static final int KIND_MASK = 7;
    private static final int COUNT_ONE = 8;
    private static final int FIRST_ROOM = 16;

    private int[] ring = new int[FIRST_ROOM];
    private int head;
    private int size;
    private int readies;

    boolean isEmpty() {
        return size == 0;
    }

    int readies() {
        return readies;
    }

    /// The kind of the oldest mark.
    int first() {
        return size == 0 ? NONE : ring[head] & KIND_MASK;
    }

    void add(int kind) {
        if (kind == REFUSAL && size > 0 && ring[index(size - 1)] == EXTENDED) {
            // A run that is answered so far goes on with it.
            size--;
        }
        push(kind);
        if (givesReady(kind)) {
            readies++;
        }
    }

    void addExtended() {
        int last = index(size - 1);
        if (size > 0 && (ring[last] & KIND_MASK) == EXTENDED) {
            ring[last] += COUNT_ONE;
        } else {
            push(EXTENDED + COUNT_ONE);
        }
    }

    /// One message of the oldest run was answered. A run that is answered stays only as long as it
    /// is the last mark: its Sync is to come.
    void answerExtended() {
        dropLeading(COPY_END);
        if (first() != EXTENDED) {
            return;
        }
        if (ring[head] >= COUNT_ONE + EXTENDED) {
            ring[head] -= COUNT_ONE;
        }
        if (ring[head] == EXTENDED && size > 1) {
            drop();
            dropLeading(COPY_END);
        }
    }

    void dropLeading(int kind) {
        while (first() == kind) {
            drop();
        }
    }

    void removeThroughReady() {
        while (size > 0) {
            if (givesReady(drop())) {
                return;
            }
        }
    }

    /// Whether an error now means that the rest up to a Sync is discarded.
    boolean failedExtended() {
        return answersDue();
    }

    /// Removes what the server discards after an error; false: no Sync was among what was sent.
    boolean discardToSync() {
        while (size > 0) {
            if (first() == SYNC) {
                return true;
            }
            drop();
        }
        return false;
    }

    /// The oldest mark has made the server take COPY data: Syncs sent since are ignored, up to the
    /// end of the data. True: that end was not sent yet.
    boolean enterCopy() {
        int first = first();
        if (first == EXTENDED && ring[head] > EXTENDED + COUNT_ONE) {
            // The next message of the run is not COPY data: the server fails on it.
            return false;
        }
        if (first != QUERY && first != EXTENDED) {
            return false;
        }
        while (size > 1) {
            int second = ring[index(1)] & KIND_MASK;
            if (second != SYNC && second != COPY_END) {
                return false;
            }
            removeSecond();
            if (second == COPY_END) {
                return false;
            }
        }
        return true;
    }

    /// Whether a message of the oldest run is not answered.
    boolean answersDue() {
        int first = first();
        return first == REFUSAL || (first == EXTENDED && ring[head] > EXTENDED);
    }

    boolean endsOpen() {
        if (size == 0) {
            return false;
        }
        int last = ring[index(size - 1)] & KIND_MASK;
        return last == EXTENDED || last == REFUSAL;
    }

    void clear() {
        head = 0;
        size = 0;
        readies = 0;
    }

    private static boolean givesReady(int kind) {
        return kind == QUERY || kind == SYNC;
    }

    private int index(int offset) {
        return (head + offset) & (ring.length - 1);
    }

    private void push(int mark) {
        if (size == ring.length) {
            int[] wider = Arrays.copyOf(ring, size * 2);
            for (int i = 0; i < size; i++) {
                wider[i] = ring[index(i)];
            }
            ring = wider;
            head = 0;
        }
        ring[index(size++)] = mark;
    }

    private int drop() {
        int kind = ring[head] & KIND_MASK;
        head = (head + 1) & (ring.length - 1);
        size--;
        if (givesReady(kind)) {
            readies--;
        }
        return kind;
    }

    /// Takes the second mark out by moving the first one into its place.
    private void removeSecond() {
        int second = index(1);
        if (givesReady(ring[second] & KIND_MASK)) {
            readies--;
        }
        ring[second] = ring[head];
        head = second;
        size--;
    }
}
