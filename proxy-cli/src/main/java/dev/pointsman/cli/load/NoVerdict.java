package dev.pointsman.cli.load;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A run that came to no verdict, for programs: the fields of one that did, as far as they are
/// known.
public final class NoVerdict {
    private NoVerdict() {}

    /// What `problem` left of the run.
    public static Map<String, @Nullable Object> fields(Exception problem) {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        fields.put("outcome", "failed");
        for (var count : List.of("acknowledged", "lost", "duplicated", "errors")) {
            fields.put(count, null);
        }
        fields.put("cutovers", List.of());
        fields.put("server_versions", List.of());
        fields.put("message", String.valueOf(problem.getMessage()));
        return fields;
    }
}
