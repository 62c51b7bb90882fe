/// Messages of the protocol: records for those the proxy reads, writers for those it sends.
///
/// Writers append one whole message each to a buffer. Readers take a message's body, from the
/// buffer's reader index on, and answer malformed ones with
/// [dev.pointsman.core.wire.ProtocolViolation]. Text is UTF-8; bytes that are not are replaced when
/// read, since they are only looked at and never sent on from here.
@NullMarked
package dev.pointsman.core.wire.message;

import org.jspecify.annotations.NullMarked;
