/// One direction's crossing from a source to a target as a cutover sees it: conditions, mark,
/// arrive, decide, and what turns the replication round afterwards.
@NullMarked
package dev.pointsman.core.migration.passage;

import org.jspecify.annotations.NullMarked;
