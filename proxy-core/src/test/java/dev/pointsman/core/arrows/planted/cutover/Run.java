package dev.pointsman.core.arrows.planted.cutover;

public final class Run {
    public static boolean isUnderWay() {
        return false;
    }
}
