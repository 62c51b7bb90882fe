/// What can be learned from SQL text on the wire without a grammar. Pure, and allocates nothing.
@NullMarked
package dev.pointsman.core.wire.sql;

import org.jspecify.annotations.NullMarked;
