/// Peers for tests that play a PostgreSQL client or server byte by byte over a loopback socket.
/// They share no code with the project's own encoders and decoders, which they are there to test.
@NullMarked
package dev.pointsman.core.peer;

import org.jspecify.annotations.NullMarked;
