/// What is looked at before a migration begins.
@NullMarked
package dev.pointsman.core.migration.preflight;

import org.jspecify.annotations.NullMarked;
