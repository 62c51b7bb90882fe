/// Drivers that run in this Java machine.
@NullMarked
package dev.pointsman.cli.driver.jvm;

import org.jspecify.annotations.NullMarked;
