/// Accepts admin connections and tells the two protocols apart by their first bytes.
@NullMarked
package dev.pointsman.admin.port;

import org.jspecify.annotations.NullMarked;
