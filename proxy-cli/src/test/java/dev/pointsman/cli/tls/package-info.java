@NullMarked
package dev.pointsman.cli.tls;

import org.jspecify.annotations.NullMarked;
