package dev.pointsman.core.config.tls;

/// A file of certificates or keys that is of no use.
public final class BadPem extends Exception {
    private static final long serialVersionUID = 1L;

    private final String mend;

    BadPem(String what, String mend) {
        super(what);
        this.mend = mend;
    }

    /// What is wrong with which file.
    public String what() {
        return String.valueOf(getMessage());
    }

    public String mend() {
        return mend;
    }
}
