/// The HTTP side of the admin port: metrics, probes, status.
@NullMarked
package dev.pointsman.admin.http;

import org.jspecify.annotations.NullMarked;
