/// The short part: the straight-line run, its records, journal, fence, recovery and report.
@NullMarked
package dev.pointsman.core.cutover;

import org.jspecify.annotations.NullMarked;
