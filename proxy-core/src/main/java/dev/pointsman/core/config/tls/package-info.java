/// What a configuration says about encryption, with the certificates and keys that it names read.
@NullMarked
package dev.pointsman.core.config.tls;

import org.jspecify.annotations.NullMarked;
