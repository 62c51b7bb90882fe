/// Load on any PostgreSQL address, its latencies, and what became of every acknowledged write.
/// Start at `Bench`.
@NullMarked
package dev.pointsman.cli.bench;

import org.jspecify.annotations.NullMarked;
