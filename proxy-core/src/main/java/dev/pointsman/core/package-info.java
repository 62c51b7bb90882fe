/// The proxy: carries client traffic to the serving server, and turns it to another. Start at
/// `Proxy`.
@NullMarked
package dev.pointsman.core;

import org.jspecify.annotations.NullMarked;
