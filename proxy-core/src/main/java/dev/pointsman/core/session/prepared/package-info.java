/// Named prepared statements of clients whose server connection changes with every transaction.
@NullMarked
package dev.pointsman.core.session.prepared;

import org.jspecify.annotations.NullMarked;
