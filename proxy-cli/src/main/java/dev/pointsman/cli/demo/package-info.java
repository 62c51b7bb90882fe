/// The demo: two embedded PostgreSQL servers, real clients, a verdict.
@NullMarked
package dev.pointsman.cli.demo;

import org.jspecify.annotations.NullMarked;
