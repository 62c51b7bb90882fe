/// The arithmetic of SCRAM-SHA-256 and MD5 logins. No I/O.
@NullMarked
package dev.pointsman.core.wire.auth;

import org.jspecify.annotations.NullMarked;
