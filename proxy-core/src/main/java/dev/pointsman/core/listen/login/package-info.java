/// Who a client is: which proof is asked for, and whether what it brings is one.
@NullMarked
package dev.pointsman.core.listen.login;

import org.jspecify.annotations.NullMarked;
