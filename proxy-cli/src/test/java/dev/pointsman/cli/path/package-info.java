/// Clients, the proxy and real servers: logins, pooling, holding.
@NullMarked
package dev.pointsman.cli.path;

import org.jspecify.annotations.NullMarked;
