package dev.pointsman.core.cutover.fence;

import com.fasterxml.jackson.jr.ob.JSON;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// What a fence changed, so that it can be put back; kept as JSON in the record of the attempt.
///
/// `readOnly` is the database's own setting of `default_transaction_read_only` before, empty for
/// none. `byRights`: the fence works by revoking rights, not by the connection limit.
public record OldValues(int connectionLimit, String readOnly, boolean byRights, Rights rights) {
    private static final int VERSION = 1;

    /// Who held CONNECT, all empty where the connection limit does the work.
    ///
    /// @param revoked the grantees who lose it; empty for PUBLIC
    /// @param granted the roles that keep it: ours, and those of replication
    /// @param given those of `granted` who held it by another's right, and get one of their own
    /// @param options those of `revoked` who could grant it on
    /// @param onward what was granted on, in the order in which it can be granted again
    public record Rights(
            List<String> revoked,
            List<String> granted,
            List<String> given,
            List<String> options,
            List<GrantedOn> onward) {
        public static final Rights NONE =
                new Rights(List.of(), List.of(), List.of(), List.of(), List.of());

        public Rights {
            revoked = List.copyOf(revoked);
            granted = List.copyOf(granted);
            given = List.copyOf(given);
            options = List.copyOf(options);
            onward = List.copyOf(onward);
        }

        /// All whom they are about, by name.
        Set<String> roles() {
            var roles = new HashSet<String>();
            Stream.of(revoked, granted, given, options).forEach(roles::addAll);
            onward.forEach(grant -> roles.addAll(List.of(grant.by(), grant.to())));
            roles.remove("");
            return roles;
        }

        /// What is left of them when those roles are dropped: whoever had his right by one of them
        /// has lost it, too.
        Rights without(Set<String> dropped) {
            var left = new ArrayList<GrantedOn>();
            for (var grant : onward) {
                if (!dropped.contains(grant.to())
                        && !dropped.contains(grant.by())
                        && (isBy(grant.by(), left) || !isBy(grant.by(), onward))) {
                    left.add(grant);
                }
            }
            return new Rights(
                    except(dropped, revoked),
                    except(dropped, granted),
                    except(dropped, given),
                    except(dropped, options),
                    left);
        }

        /// Whether he may grant it on by the owner's will, or by one of those grants.
        private boolean isBy(String role, List<GrantedOn> grants) {
            return options.contains(role)
                    || grants.stream().anyMatch(it -> it.option() && it.to().equals(role));
        }

        private static List<String> except(Set<String> dropped, List<String> roles) {
            return roles.stream().filter(role -> !dropped.contains(role)).toList();
        }

        /// Those of `options` who have granted it on: all of `onward` goes with what they had.
        List<String> lenders() {
            var by = onward.stream().map(GrantedOn::by).toList();
            return options.stream().filter(by::contains).toList();
        }
    }

    OldValues without(Set<String> dropped) {
        return new OldValues(connectionLimit, readOnly, byRights, rights.without(dropped));
    }

    public String toJson() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("v", VERSION);
        fields.put("limit", connectionLimit);
        fields.put("read_only", readOnly);
        fields.put("by_rights", byRights);
        fields.put("revoked", rights.revoked());
        fields.put("granted", rights.granted());
        fields.put("given", rights.given());
        fields.put("options", rights.options());
        fields.put("onward", rights.onward().stream().map(OldValues::fields).toList());
        try {
            return JSON.std.asString(fields);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Reads what [#toJson] wrote, now or in the past. A record that does not say by what means
    /// meant the connection limit where nothing was revoked; one that does not say who was given a
    /// right leaves these theirs; where none is said to be granted on, none was.
    ///
    /// @throws IllegalArgumentException when it is something else
    public static OldValues fromJson(String json) {
        try {
            var fields = JSON.std.mapFrom(json);
            if (fields.get("v") instanceof Number version
                    && version.intValue() == VERSION
                    && fields.get("limit") instanceof Number limit
                    && fields.get("read_only") instanceof String readOnly) {
                var rights =
                        new Rights(
                                names(fields, "revoked"),
                                names(fields, "granted"),
                                names(fields, "given"),
                                names(fields, "options"),
                                onward(fields));
                var byRights =
                        fields.get("by_rights") instanceof Boolean said
                                ? said
                                : !rights.revoked().isEmpty();
                return new OldValues(limit.intValue(), readOnly, byRights, rights);
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

    private static Map<String, Object> fields(GrantedOn grant) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("by", grant.by());
        fields.put("to", grant.to());
        fields.put("option", grant.option());
        return fields;
    }

    private static List<GrantedOn> onward(Map<String, Object> fields) {
        var grants = new ArrayList<GrantedOn>();
        if (fields.get("onward") instanceof List<?> list) {
            for (var one : list) {
                if (one instanceof Map<?, ?> grant
                        && grant.get("by") instanceof String by
                        && grant.get("to") instanceof String to
                        && grant.get("option") instanceof Boolean option) {
                    grants.add(new GrantedOn(by, to, option));
                }
            }
        }
        return grants;
    }
}
