/// One server connection: connect, log in, reset, cancel. Mirrors `listen`.
@NullMarked
package dev.pointsman.core.server;

import org.jspecify.annotations.NullMarked;
