/// How many server connections may be open: per pool, per database and per user.
@NullMarked
package dev.pointsman.core.pool.quota;

import org.jspecify.annotations.NullMarked;
