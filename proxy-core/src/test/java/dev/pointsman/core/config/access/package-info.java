@NullMarked
package dev.pointsman.core.config.access;

import org.jspecify.annotations.NullMarked;
