package dev.pointsman.cli.render;

/// How much of something is done, in one line.
public final class Bar {
    private static final int WIDTH = 24;

    private Bar() {}

    /// `[######------------------] 3/12`.
    public static String of(long done, long all) {
        var filled = all <= 0 ? 0 : (int) Math.min(WIDTH, done * WIDTH / all);
        return "[%s%s] %d/%d".formatted("#".repeat(filled), "-".repeat(WIDTH - filled), done, all);
    }

    /// A number of bytes with a unit, for people.
    public static String bytes(double bytes) {
        var units = new String[] {"B", "KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        double left = bytes;
        while (left >= 1024 && unit < units.length - 1) {
            left /= 1024;
            unit++;
        }
        return unit == 0 ? "%.0f B".formatted(left) : "%.1f %s".formatted(left, units[unit]);
    }
}
