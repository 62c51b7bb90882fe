package dev.pointsman.core.session.carry;

import dev.pointsman.core.server.FrameRelay;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;

/// Looks for words in the part of a statement's text that is not kept, while it goes by in whatever
/// pieces. Cheap and never misses; says yes for comments and strings too. For words of which the
/// first letter does not come again.
public final class TextSearch implements FrameRelay.Tail {
    private final byte[][] words;
    private final int[] matched;
    private final Runnable found;
    private final ByteProcessor everyByte = this::take;

    /// `words` in lower case; `found` is run each time that one of them went by.
    public TextSearch(byte[][] words, Runnable found) {
        this.words = words;
        this.matched = new int[words.length];
        this.found = found;
    }

    /// Begins with a new text, of which the part before `to` is known; a word may reach over its
    /// end.
    public TextSearch begin(ByteBuf bytes, int from, int to) {
        for (int i = 0; i < words.length; i++) {
            matched[i] = 0;
            for (int at = Math.max(from, to + 1 - words[i].length); at < to; at++) {
                step(i, bytes.getByte(at));
            }
        }
        return this;
    }

    @Override
    public void passing(ByteBuf bytes, int from, int to) {
        bytes.forEachByte(from, to - from, everyByte);
    }

    private boolean take(byte b) {
        for (int i = 0; i < words.length; i++) {
            if (step(i, b)) {
                found.run();
            }
        }
        return true;
    }

    private boolean step(int word, byte raw) {
        byte b = raw >= 'A' && raw <= 'Z' ? (byte) (raw | 0x20) : raw;
        byte[] wanted = words[word];
        int next = matched[word];
        next = b == wanted[next] ? next + 1 : b == wanted[0] ? 1 : 0;
        boolean whole = next == wanted.length;
        matched[word] = whole ? 0 : next;
        return whole;
    }
}
