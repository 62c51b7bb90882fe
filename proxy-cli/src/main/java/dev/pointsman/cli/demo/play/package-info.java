/// The demo's play, from the first server to the verdict. Start at `Demo`.
@NullMarked
package dev.pointsman.cli.demo.play;

import org.jspecify.annotations.NullMarked;
