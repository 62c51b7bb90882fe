/// Statements that a session has made by SQL's PREPARE, where they are made anew.
@NullMarked
package dev.pointsman.core.session.carry.sql;

import org.jspecify.annotations.NullMarked;
