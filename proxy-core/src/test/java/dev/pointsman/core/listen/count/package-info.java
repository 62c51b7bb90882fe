/// How clients are counted.
@NullMarked
package dev.pointsman.core.listen.count;

import org.jspecify.annotations.NullMarked;
