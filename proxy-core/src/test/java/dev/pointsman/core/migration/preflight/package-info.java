@NullMarked
package dev.pointsman.core.migration.preflight;

import org.jspecify.annotations.NullMarked;
