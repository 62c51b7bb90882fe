package dev.pointsman.core.config.key;

/// What the keys of a port's encryption are for; the ports share them.
final class TlsAbout {
    static final String MODES = "disable | allow | prefer | require | verify-ca | verify-full";

    static final String MODE =
            "`allow` and `prefer` take plain connections too, `require` refuses them, `verify-ca`"
                    + " and `verify-full` also want a certificate signed by `ca`. PgBouncer's"
                    + " `client_tls_sslmode`.";
    static final String CERT =
            "The port's certificate in PEM form, its own first, then its signers'. Read again by"
                    + " RELOAD.";
    static final String KEY = "Its private key in PEM form, not encrypted.";
    static final String CA =
            "Who signs certificates of clients. With `allow`, `prefer` and `require`: a client may"
                    + " show one, and it is verified then.";
    static final String PROTOCOLS = "`tlsv1.2`, `tlsv1.3`, or `secure` for both.";
    static final String CIPHERS =
            "Cipher suites, the preferred first, by OpenSSL's names with a colon between; `default`"
                    + " is every one with forward secrecy and authenticated encryption.";
    static final String PLAIN_CANCEL =
            "Whether cancel requests may come in plain where `mode` wants encryption: libpq before"
                    + " version 17 sends no others.";

    private TlsAbout() {}
}
