/// Replication connections: each client has a server connection of its own, outside of the pools
/// and the gate, until another server serves.
@NullMarked
package dev.pointsman.core.session.replication;

import org.jspecify.annotations.NullMarked;
