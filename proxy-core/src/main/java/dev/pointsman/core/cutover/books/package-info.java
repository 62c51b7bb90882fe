/// What one attempt writes down, and the undoing of it.
@NullMarked
package dev.pointsman.core.cutover.books;

import org.jspecify.annotations.NullMarked;
