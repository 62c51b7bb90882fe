@NullMarked
package dev.pointsman.core.gate;

import org.jspecify.annotations.NullMarked;
