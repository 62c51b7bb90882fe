@NullMarked
package dev.pointsman.core.listen.balancer;

import org.jspecify.annotations.NullMarked;
