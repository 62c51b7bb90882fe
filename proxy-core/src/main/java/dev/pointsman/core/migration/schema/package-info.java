/// Tables and their definitions: listing, comparing, copying them, taking copies away again.
@NullMarked
package dev.pointsman.core.migration.schema;

import org.jspecify.annotations.NullMarked;
