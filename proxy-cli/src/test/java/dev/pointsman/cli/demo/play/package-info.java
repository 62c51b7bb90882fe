@NullMarked
package dev.pointsman.cli.demo.play;

import org.jspecify.annotations.NullMarked;
