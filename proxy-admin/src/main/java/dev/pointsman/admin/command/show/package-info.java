/// What SHOW shows: one class per kind of view, each asking the running proxy anew.
@NullMarked
package dev.pointsman.admin.command.show;

import org.jspecify.annotations.NullMarked;
