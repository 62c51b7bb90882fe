/// Passwords that come from elsewhere than the file of settings.
@NullMarked
package dev.pointsman.core.config.file.secret;

import org.jspecify.annotations.NullMarked;
