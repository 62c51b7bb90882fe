@NullMarked
package dev.pointsman.core.migration.platform;

import org.jspecify.annotations.NullMarked;
