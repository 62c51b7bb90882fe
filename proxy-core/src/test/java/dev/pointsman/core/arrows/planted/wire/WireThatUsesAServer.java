package dev.pointsman.core.arrows.planted.wire;

import dev.pointsman.core.arrows.planted.server.ServerThatBlocks;

public final class WireThatUsesAServer {
    public static int lockDepth() {
        return new ServerThatBlocks().lockDepth();
    }
}
