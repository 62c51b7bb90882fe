/// What is amiss with a server, a folder or another instance when a cutover is asked for, and what
/// the run says of it.
@NullMarked
package dev.pointsman.cli.cutover.amiss;

import org.jspecify.annotations.NullMarked;
