package dev.pointsman.core.cutover.fence;

import com.fasterxml.jackson.jr.ob.JSON;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a fence changed, so that it can be put back; kept as JSON in the record of the attempt.
///
/// `readOnly` is the database's own setting of `default_transaction_read_only` before, empty for
/// none. `byRights`: the fence works by revoking rights, not by the connection limit. `revoked` are
/// the grantees who lost CONNECT (empty for PUBLIC), `granted` the roles that got it; both empty
/// where the connection limit does the work.
public record OldValues(
        int connectionLimit,
        String readOnly,
        boolean byRights,
        List<String> revoked,
        List<String> granted) {
    private static final int VERSION = 1;

    public OldValues {
        revoked = List.copyOf(revoked);
        granted = List.copyOf(granted);
    }

    public String toJson() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("v", VERSION);
        fields.put("limit", connectionLimit);
        fields.put("read_only", readOnly);
        fields.put("by_rights", byRights);
        fields.put("revoked", revoked);
        fields.put("granted", granted);
        try {
            return JSON.std.asString(fields);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Reads what [#toJson] wrote, now or when it did not say yet by what means: then it was the
    /// connection limit where nothing was revoked.
    ///
    /// @throws IllegalArgumentException when it is something else
    public static OldValues fromJson(String json) {
        try {
            var fields = JSON.std.mapFrom(json);
            if (fields.get("v") instanceof Number version
                    && version.intValue() == VERSION
                    && fields.get("limit") instanceof Number limit
                    && fields.get("read_only") instanceof String readOnly) {
                var revoked = names(fields, "revoked");
                var byRights =
                        fields.get("by_rights") instanceof Boolean said ? said : !revoked.isEmpty();
                return new OldValues(
                        limit.intValue(), readOnly, byRights, revoked, names(fields, "granted"));
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("not the old values of a fence: " + json, e);
        }
        throw new IllegalArgumentException("not the old values of a fence: " + json);
    }

    private static List<String> names(Map<String, Object> fields, String name) {
        return fields.get(name) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }
}
