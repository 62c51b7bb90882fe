/// Clients under load, a ledger of what was acknowledged to them, and a verdict on both. The demo,
/// the benchmark and the tests with real servers share it.
///
/// A `Load` runs clients and newcomers; each does `Transactions`, keeps its page of the `Ledger`
/// and reports to the `Recording`. At the end the `Contents` of the serving database are held
/// against the ledger, which is the `Verdict`.
@NullMarked
package dev.pointsman.cli.load;

import org.jspecify.annotations.NullMarked;
