/// What others do to the servers behind a cutover's back.
@NullMarked
package dev.pointsman.cli.cutover.behind;

import org.jspecify.annotations.NullMarked;
