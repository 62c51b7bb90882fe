/// Host names and the addresses behind them.
@NullMarked
package dev.pointsman.core.server.name;

import org.jspecify.annotations.NullMarked;
