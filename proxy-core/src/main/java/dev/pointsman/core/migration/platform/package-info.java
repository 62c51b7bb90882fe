/// Who runs a server, and how rights and settings are given there.
@NullMarked
package dev.pointsman.core.migration.platform;

import org.jspecify.annotations.NullMarked;
