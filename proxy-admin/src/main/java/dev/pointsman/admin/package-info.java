/// The admin port: the console that speaks the PostgreSQL protocol, and HTTP.
@NullMarked
package dev.pointsman.admin;

import org.jspecify.annotations.NullMarked;
