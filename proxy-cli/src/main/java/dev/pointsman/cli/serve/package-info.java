/// The proxy as a process in the foreground: its log, its start and its stop.
@NullMarked
package dev.pointsman.cli.serve;

import org.jspecify.annotations.NullMarked;
