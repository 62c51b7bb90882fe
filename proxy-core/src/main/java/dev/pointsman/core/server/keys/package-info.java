/// What users prove themselves with to servers: derived of passwords, or learnt of their clients.
@NullMarked
package dev.pointsman.core.server.keys;

import org.jspecify.annotations.NullMarked;
