/// The tree of a YAML text before it is understood.
@NullMarked
package dev.pointsman.core.config.file.yaml;

import org.jspecify.annotations.NullMarked;
