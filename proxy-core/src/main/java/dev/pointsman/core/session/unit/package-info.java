/// What is under way on a server connection, told from the types of the messages alone. Pure.
@NullMarked
package dev.pointsman.core.session.unit;

import org.jspecify.annotations.NullMarked;
