package dev.pointsman.cli.driver;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.Objects;

/// What becomes of a test whose tool is not installed: it is skipped by name, or fails where
/// `POINTSMAN_DRIVERS=required` says that nothing may be missing.
public final class Missing {
    private Missing() {}

    public static void tool(String what) {
        var word = Objects.requireNonNullElse(System.getenv("POINTSMAN_DRIVERS"), "");
        if (word.equals("required")) {
            fail("POINTSMAN_DRIVERS=required, and " + what);
        }
        System.out.println("SKIPPED: " + what);
        abort("skipped: " + what);
    }
}
