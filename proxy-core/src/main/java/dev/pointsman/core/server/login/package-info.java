/// From a server's address to a connection that is logged in: dial, prove, collect what the server
/// says of itself; and cancel requests, which are connections of their own. Knows nothing of what
/// becomes of the connection.
@NullMarked
package dev.pointsman.core.server.login;

import org.jspecify.annotations.NullMarked;
