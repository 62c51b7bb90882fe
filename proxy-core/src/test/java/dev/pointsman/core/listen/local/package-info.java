@NullMarked
package dev.pointsman.core.listen.local;

import org.jspecify.annotations.NullMarked;
