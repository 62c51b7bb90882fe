package dev.pointsman.core.tls;

/// One way to connect to a server.
public enum Way {
    PLAIN,
    ENCRYPTED
}
