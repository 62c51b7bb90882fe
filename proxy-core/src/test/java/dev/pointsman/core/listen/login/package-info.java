@NullMarked
package dev.pointsman.core.listen.login;

import org.jspecify.annotations.NullMarked;
