/// What a new session starts with on one server and on the other: settings of roles, databases and
/// servers.
@NullMarked
package dev.pointsman.core.migration.defaults;

import org.jspecify.annotations.NullMarked;
