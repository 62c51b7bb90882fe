/// Every key that a configuration may have, and how its values are spelt.
@NullMarked
package dev.pointsman.core.config.key;

import org.jspecify.annotations.NullMarked;
