package dev.pointsman.core.cutover.report;

import java.time.Duration;

/// One stage of one run, as observers see it: told once when it begins (`over` false, `took` zero)
/// and once when it is over. `at` counts from the start of the run. Stages of the pause are told
/// when the gates are open again, so that no observer can make a client wait; one that lasts is
/// told meanwhile, on another thread than the run's.
public record Phase(Stage stage, Duration at, Duration took, String detail, boolean over) {

    public String word() {
        return stage.word();
    }
}
