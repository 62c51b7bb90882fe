package dev.pointsman.cli.bench.tls;

import java.util.List;

/// The key of the certificate: what a full handshake computes with it is the most of a login.
public enum KeyKind {
    /// 2048 bits.
    RSA,
    /// On the curve P-256.
    EC;

    /// As keytool has it.
    List<String> options() {
        return switch (this) {
            case RSA -> List.of("-keyalg", "RSA", "-keysize", "2048");
            case EC -> List.of("-keyalg", "EC", "-groupname", "secp256r1");
        };
    }
}
