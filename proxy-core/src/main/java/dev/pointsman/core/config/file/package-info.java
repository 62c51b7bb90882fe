/// From a YAML file to [dev.pointsman.core.config.Config]: every key in one list, every problem at
/// once.
@NullMarked
package dev.pointsman.core.config.file;

import org.jspecify.annotations.NullMarked;
