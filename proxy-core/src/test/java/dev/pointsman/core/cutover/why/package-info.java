@NullMarked
package dev.pointsman.core.cutover.why;

import org.jspecify.annotations.NullMarked;
