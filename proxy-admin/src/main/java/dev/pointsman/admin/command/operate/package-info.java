/// Commands that act on traffic and connections, one small class each, and the statements of
/// drivers.
@NullMarked
package dev.pointsman.admin.command.operate;

import org.jspecify.annotations.NullMarked;
