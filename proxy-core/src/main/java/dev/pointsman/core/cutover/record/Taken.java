package dev.pointsman.core.cutover.record;

import java.sql.SQLException;

/// An epoch belongs to somebody else: to another attempt, or to another instance's of the same
/// number. Nothing was written.
public final class Taken extends SQLException {
    private static final long serialVersionUID = 1L;

    Taken(EpochRecord.Turn by) {
        super(
                "epoch %d is taken by attempt %d of instance %s"
                        .formatted(by.epoch(), by.attempt(), by.instance()),
                "55006");
    }
}
