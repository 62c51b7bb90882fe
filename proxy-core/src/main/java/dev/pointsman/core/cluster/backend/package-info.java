/// Processes of a server: ours, those that a connection was lost to, and what is said when one that
/// was asked answers no more.
@NullMarked
package dev.pointsman.core.cluster.backend;

import org.jspecify.annotations.NullMarked;
