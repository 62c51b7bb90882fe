@NullMarked
package dev.pointsman.cli.demo.site;

import org.jspecify.annotations.NullMarked;
