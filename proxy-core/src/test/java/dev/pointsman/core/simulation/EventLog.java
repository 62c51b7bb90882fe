package dev.pointsman.core.simulation;

/// What happened in a run, boiled down to one number: two runs with the same number were the same.
final class EventLog {
    private static final long PRIME = 0x100000001b3L;

    private long hash = 0xcbf29ce484222325L;

    void add(int what, int which) {
        hash = (hash ^ what) * PRIME;
        hash = (hash ^ which) * PRIME;
    }

    long hash() {
        return hash;
    }
}
