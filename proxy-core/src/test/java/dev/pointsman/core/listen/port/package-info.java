@NullMarked
package dev.pointsman.core.listen.port;

import org.jspecify.annotations.NullMarked;
