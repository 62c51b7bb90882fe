/// The bytes of a console session: from the event loop to the session's thread and back.
@NullMarked
package dev.pointsman.admin.console.link;

import org.jspecify.annotations.NullMarked;
