package dev.pointsman.core.config.file;

/// One thing wrong in a file.
///
/// @param line from 1; 0 is the file as a whole
/// @param key the path of the key, such as `databases.shop.serve`; empty for the file as a whole
/// @param what what is wrong
/// @param mend what to do about it
public record Problem(int line, String key, String what, String mend) {
    @Override
    public String toString() {
        var where = line == 0 ? "" : "line " + line + ": ";
        var named = key.isEmpty() ? "" : key + ": ";
        return where + named + what + "; " + mend;
    }
}
