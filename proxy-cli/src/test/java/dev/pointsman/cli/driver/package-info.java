/// Drivers that people use, each with its own features, directly against PostgreSQL and through the
/// proxy in both pool modes: what works directly must work through the proxy.
@NullMarked
package dev.pointsman.cli.driver;

import org.jspecify.annotations.NullMarked;
