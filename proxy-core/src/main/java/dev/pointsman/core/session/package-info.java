/// One client's conversation: its states, the relay of bytes, and what it carries along.
@NullMarked
package dev.pointsman.core.session;

import org.jspecify.annotations.NullMarked;
