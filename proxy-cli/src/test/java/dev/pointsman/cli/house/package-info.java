/// The rules of the house, checked over the whole repository.
@NullMarked
package dev.pointsman.cli.house;

import org.jspecify.annotations.NullMarked;
