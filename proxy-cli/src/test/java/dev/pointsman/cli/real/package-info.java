/// Real PostgreSQL servers for tests. Start at `RealServers`.
@NullMarked
package dev.pointsman.cli.real;

import org.jspecify.annotations.NullMarked;
