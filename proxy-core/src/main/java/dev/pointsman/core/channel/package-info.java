/// Channels, whatever carries them: their two ends, and how they are opened.
@NullMarked
package dev.pointsman.core.channel;

import org.jspecify.annotations.NullMarked;
