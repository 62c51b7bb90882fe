package dev.pointsman.core.arrows.planted.gate;

import dev.pointsman.core.arrows.planted.cutover.Run;

public final class GateThatKnowsCutovers {
    public static boolean isOpen() {
        return !Run.isUnderWay();
    }
}
