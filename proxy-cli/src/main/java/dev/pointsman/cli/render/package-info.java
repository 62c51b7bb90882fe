/// Tables, progress and JSON for people and programs.
@NullMarked
package dev.pointsman.cli.render;

import org.jspecify.annotations.NullMarked;
