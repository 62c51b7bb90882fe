/// The PostgreSQL side of the admin port.
@NullMarked
package dev.pointsman.admin.console;

import org.jspecify.annotations.NullMarked;
