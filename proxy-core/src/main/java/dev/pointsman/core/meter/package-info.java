/// Every metric's name, labels and help.
@NullMarked
package dev.pointsman.core.meter;

import org.jspecify.annotations.NullMarked;
