@NullMarked
package dev.pointsman.core.cutover;

import org.jspecify.annotations.NullMarked;
