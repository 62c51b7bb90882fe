/// Migrations between real servers.
@NullMarked
package dev.pointsman.cli.migration;

import org.jspecify.annotations.NullMarked;
