/// What a cutover tells: stages, outcome and the report that is kept.
@NullMarked
package dev.pointsman.core.cutover.report;

import org.jspecify.annotations.NullMarked;
