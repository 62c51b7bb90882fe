/// What the demo and the benchmark play on: two embedded servers, and the proxy in front of them as
/// a child process, used through its two ports only. Start at `Site`.
@NullMarked
package dev.pointsman.cli.demo.site;

import org.jspecify.annotations.NullMarked;
