/// PostgreSQL's own regression suite, directly and through the proxy.
@NullMarked
package dev.pointsman.cli.driver.regress;

import org.jspecify.annotations.NullMarked;
