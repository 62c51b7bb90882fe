/// A YAML text before it is understood: its tree, and what the environment puts into it.
@NullMarked
package dev.pointsman.core.config.file.yaml;

import org.jspecify.annotations.NullMarked;
