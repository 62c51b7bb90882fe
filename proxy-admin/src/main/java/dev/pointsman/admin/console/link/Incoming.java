package dev.pointsman.admin.console.link;

import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.message.StartupPacket;

import io.netty.buffer.ByteBuf;

/// What arrives from a console client, in order.
public sealed interface Incoming {
    record Packet(StartupPacket packet) implements Incoming {}

    /// `body` is a copy on the heap and needs no release.
    record Message(byte type, ByteBuf body) implements Incoming {}

    /// The client sent what cannot be read any further.
    record Broken(ErrorReport report) implements Incoming {}

    /// The connection has ended.
    record Gone() implements Incoming {}
}
