/// What encryption towards clients costs: clear, by the Java runtime's engine, and by the native
/// one, in turn. Start at `TlsBench`.
@NullMarked
package dev.pointsman.cli.bench.tls;

import org.jspecify.annotations.NullMarked;
