/// Publications, subscriptions, slots, sequences: what makes changes flow between two servers.
@NullMarked
package dev.pointsman.core.migration.setup;

import org.jspecify.annotations.NullMarked;
