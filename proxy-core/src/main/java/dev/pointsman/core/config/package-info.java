/// The configuration as records, parsed from YAML and checked as a whole. No other package reads
/// files or the environment.
@NullMarked
package dev.pointsman.core.config;

import org.jspecify.annotations.NullMarked;
