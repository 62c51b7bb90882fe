/// The long part: preflight, schema, publications and subscriptions, table progress, sequences, the
/// reverse path.
@NullMarked
package dev.pointsman.core.migration;

import org.jspecify.annotations.NullMarked;
