/// Why a server serves, for people who ask.
@NullMarked
package dev.pointsman.core.cutover.why;

import org.jspecify.annotations.NullMarked;
