/// The pause of our cutover beside that of the switch which a careful operator scripts around
/// PgBouncer, in turn on the same two servers. Start at `PauseBench`.
@NullMarked
package dev.pointsman.cli.bench.pause;

import org.jspecify.annotations.NullMarked;
