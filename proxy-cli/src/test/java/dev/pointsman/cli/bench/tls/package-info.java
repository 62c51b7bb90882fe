@NullMarked
package dev.pointsman.cli.bench.tls;

import org.jspecify.annotations.NullMarked;
