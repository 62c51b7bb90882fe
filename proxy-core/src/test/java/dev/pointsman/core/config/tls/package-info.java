@NullMarked
package dev.pointsman.core.config.tls;

import org.jspecify.annotations.NullMarked;
