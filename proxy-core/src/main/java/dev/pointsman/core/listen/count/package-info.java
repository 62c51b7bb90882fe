/// How many clients there are, and may be.
@NullMarked
package dev.pointsman.core.listen.count;

import org.jspecify.annotations.NullMarked;
