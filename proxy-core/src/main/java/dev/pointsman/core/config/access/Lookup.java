package dev.pointsman.core.config.access;

import dev.pointsman.core.config.SecretSource;

/// How a user's password hash is asked for in the serving database.
///
/// @param query with the user's name as `$1`; gives the name and the hash, or no row
/// @param user the role that asks; empty for each server's control role
public record Lookup(String query, String user, SecretSource source) {}
