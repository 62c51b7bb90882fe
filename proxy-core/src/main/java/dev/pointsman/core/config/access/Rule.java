package dev.pointsman.core.config.access;

import dev.pointsman.core.config.Config.AuthType;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// One line of who may log in, like one of PostgreSQL's `pg_hba.conf`. An empty set is everybody.
///
/// @param addresses where the client connects from
/// @param databases as clients know them
public record Rule(
        List<Network> addresses,
        Set<String> databases,
        Set<String> users,
        Encryption tls,
        AuthType method) {

    /// What a rule demands of the client's connection.
    public enum Encryption {
        ANY,
        REQUIRE,
        REFUSE;

        boolean allows(boolean encrypted) {
            return switch (this) {
                case ANY -> true;
                case REQUIRE -> encrypted;
                case REFUSE -> !encrypted;
            };
        }
    }

    public Rule {
        addresses = List.copyOf(addresses);
        databases = Set.copyOf(databases);
        users = Set.copyOf(users);
    }

    /// Whether the rule speaks of this client.
    public boolean matches(Applicant who) {
        return (addresses.isEmpty() || addresses.stream().anyMatch(in -> in.contains(who)))
                && (databases.isEmpty() || databases.contains(who.database()))
                && (users.isEmpty() || users.contains(who.user()))
                && tls.allows(who.encrypted());
    }

    /// Whether whoever the later rule speaks of is spoken of by this one already.
    public boolean covers(Rule later) {
        return (addresses.isEmpty()
                        || (!later.addresses.isEmpty()
                                && later.addresses.stream().allMatch(this::coversAddress)))
                && coversAll(databases, later.databases)
                && coversAll(users, later.users)
                && (tls == Encryption.ANY || tls == later.tls);
    }

    private boolean coversAddress(Network other) {
        return addresses.stream().anyMatch(own -> own.covers(other));
    }

    private static boolean coversAll(Set<String> own, Set<String> later) {
        return own.isEmpty() || (!later.isEmpty() && own.containsAll(later));
    }

    /// As SHOW CONFIG tells it.
    @Override
    public String toString() {
        return "address=%s database=%s user=%s tls=%s method=%s"
                .formatted(
                        list(addresses),
                        list(databases.stream().sorted().toList()),
                        list(users.stream().sorted().toList()),
                        tls.name().toLowerCase(Locale.ROOT),
                        method.text());
    }

    private static String list(Collection<?> members) {
        return members.isEmpty()
                ? "all"
                : String.join(",", members.stream().map(Object::toString).toList());
    }
}
