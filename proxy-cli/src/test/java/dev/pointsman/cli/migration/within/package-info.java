/// What befalls a migration that is under way, on real servers.
@NullMarked
package dev.pointsman.cli.migration.within;

import org.jspecify.annotations.NullMarked;
