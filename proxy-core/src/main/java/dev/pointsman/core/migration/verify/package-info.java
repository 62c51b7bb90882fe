/// Compares what two servers hold, table by table, while changes flow from one to the other.
@NullMarked
package dev.pointsman.core.migration.verify;

import org.jspecify.annotations.NullMarked;
