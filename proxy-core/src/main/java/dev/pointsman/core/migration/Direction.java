package dev.pointsman.core.migration;

/// Which way changes flow, as seen from the migration's beginning. After a cutover the forward
/// direction rests and the other one works.
public enum Direction {
    /// From the migration's source to its target.
    FORWARD("marker"),
    /// From the target to the source, so that there is a way back.
    BACK("marker_back");

    private final String marker;

    Direction(String marker) {
        this.marker = marker;
    }

    /// The marker table that is published this way only.
    public String markerTable() {
        return OurSchema.NAME + "." + marker;
    }

    public Direction opposite() {
        return switch (this) {
            case FORWARD -> BACK;
            case BACK -> FORWARD;
        };
    }
}
