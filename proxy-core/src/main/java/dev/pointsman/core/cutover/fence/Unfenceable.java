package dev.pointsman.core.cutover.fence;

import java.io.Serial;
import java.sql.SQLException;

/// The control role has no means to keep others out of a database. The message says what is in the
/// way, [#mend] what an administrator of the server runs about it; SQLSTATE 42501.
public final class Unfenceable extends SQLException {
    @Serial private static final long serialVersionUID = 1;

    private final String mend;

    Unfenceable(String message, String mend) {
        super(message, "42501");
        this.mend = mend;
    }

    /// SQL, with a word around it where it takes one.
    public String mend() {
        return mend;
    }
}
