/// Who may log in from where, and where else users are looked up.
@NullMarked
package dev.pointsman.core.config.access;

import org.jspecify.annotations.NullMarked;
