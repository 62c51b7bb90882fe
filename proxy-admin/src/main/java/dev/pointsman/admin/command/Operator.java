package dev.pointsman.admin.command;

import dev.pointsman.core.config.Admin.Role;

/// Who gives commands: the admin user's name and role, and the address the connection came from.
public record Operator(String name, Role role, String address) {}
