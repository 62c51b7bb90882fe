/// What is under way on a server connection, told from the types of the messages, and where a
/// transaction is to end. Pure.
@NullMarked
package dev.pointsman.core.session.unit;

import org.jspecify.annotations.NullMarked;
