/// What a session carries along: from one server connection to the next, and from server to server.
@NullMarked
package dev.pointsman.core.session.carry;

import org.jspecify.annotations.NullMarked;
