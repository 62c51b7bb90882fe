/// Load balancers in front of us, who say whom they speak for.
@NullMarked
package dev.pointsman.core.listen.balancer;

import org.jspecify.annotations.NullMarked;
