package dev.pointsman.admin.command;

/// What the console says of itself. Drivers choose their dialect by `server_version`, so it names a
/// PostgreSQL release whose protocol the console speaks.
public final class ConsoleVersion {
    public static final String NUMBER = number();
    public static final String SERVER_VERSION = "14.0 (Pointsman " + NUMBER + ")";
    public static final String SERVER_VERSION_NUM = "140000";
    public static final String TEXT = "Pointsman " + NUMBER;

    private ConsoleVersion() {}

    /// From the jar's manifest; classes outside of a jar have none.
    private static String number() {
        var version = ConsoleVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
