package dev.pointsman.core.migration.passage;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// Which sessions on a server are not strangers: our own server connections by pid (idle ones only
/// on the source), our control sessions by the name they carry, and users that do not count. With
/// `tolerate` strangers are no reason to give up.
public record Ours(
        Set<Integer> pids, String applicationName, Set<String> ignoredUsers, boolean tolerate) {

    private static final Set<String> PLATFORM_AGENTS =
            Set.of("rdsadmin", "cloudsqladmin", "azuresu");

    public Ours {
        pids = Set.copyOf(pids);
        var ignored = new HashSet<>(ignoredUsers);
        ignored.addAll(PLATFORM_AGENTS);
        ignoredUsers = Set.copyOf(ignored);
    }

    public Ours withPids(Collection<Integer> others) {
        return new Ours(Set.copyOf(others), applicationName, ignoredUsers, tolerate);
    }

    Integer[] pidArray() {
        return pids.toArray(Integer[]::new);
    }

    String[] ignoredArray() {
        return ignoredUsers.toArray(String[]::new);
    }
}
