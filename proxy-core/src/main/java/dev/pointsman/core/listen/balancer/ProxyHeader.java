package dev.pointsman.core.listen.balancer;

import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The header that a load balancer sends before its client's first byte, of version 1 or 2 of the
/// PROXY protocol. Pure.
sealed interface ProxyHeader {
    /// The balancer speaks for this client.
    record For(InetSocketAddress client) implements ProxyHeader {}

    /// It speaks for itself, or for somebody who has no address on a network.
    record Itself() implements ProxyHeader {}

    /// What is there is no such header, and never will be one.
    final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String what) {
            super(what, null, false, false);
        }
    }

    /// Reads the header and nothing behind it. Empty, with nothing read: there is more to come.
    static Optional<ProxyHeader> read(ByteBuf in) throws Malformed {
        if (!in.isReadable()) {
            return Optional.empty();
        }
        return switch (in.getByte(in.readerIndex())) {
            case 'P' -> Line.read(in);
            case '\r' -> Block.read(in);
            default -> throw new Malformed("what it says is not the PROXY protocol");
        };
    }

    /// Whether the bytes that are there begin as these do.
    private static boolean begins(ByteBuf in, byte[] with) {
        for (int i = 0; i < Math.min(with.length, in.readableBytes()); i++) {
            if (in.getByte(in.readerIndex() + i) != with[i]) {
                return false;
            }
        }
        return true;
    }

    /// Version 1: a line of words.
    final class Line {
        private static final byte[] BEGIN = "PROXY ".getBytes(StandardCharsets.US_ASCII);
        private static final int BYTES_MAX = 107;

        private Line() {}

        static Optional<ProxyHeader> read(ByteBuf in) throws Malformed {
            int end = in.indexOf(in.readerIndex(), in.writerIndex(), (byte) '\n');
            int length = end - in.readerIndex() + 1;
            if (!begins(in, BEGIN)
                    || (end < 0 ? in.readableBytes() >= BYTES_MAX : length > BYTES_MAX)) {
                throw new Malformed("this is no line of the PROXY protocol, version 1");
            }
            if (end < 0) {
                return Optional.empty();
            }
            var line = in.readCharSequence(length, StandardCharsets.US_ASCII).toString();
            return Optional.of(parse(line));
        }

        private static ProxyHeader parse(String line) throws Malformed {
            var words = line.substring(0, line.length() - 1).split(" ", -1);
            if (!line.endsWith("\r\n")) {
                throw new Malformed("the line does not end as the PROXY protocol wants it");
            }
            words[words.length - 1] = words[words.length - 1].replace("\r", "");
            if (words[1].equals("UNKNOWN")) {
                return new Itself();
            }
            boolean six = words[1].equals("TCP6");
            if (words.length != 6
                    || !(six || words[1].equals("TCP4"))
                    || !isAddress(words[2], six)
                    || !isAddress(words[3], six)
                    || !isPort(words[4])
                    || !isPort(words[5])) {
                throw new Malformed("the line does not name two addresses and two ports");
            }
            var address = InetAddress.ofLiteral(words[2]);
            return new For(new InetSocketAddress(address, Integer.parseInt(words[4])));
        }

        private static boolean isAddress(String text, boolean six) {
            return six
                    ? NetUtil.isValidIpV6Address(text) && text.indexOf('%') < 0
                    : NetUtil.isValidIpV4Address(text);
        }

        private static boolean isPort(String text) {
            return text.matches("\\d{1,5}") && Integer.parseInt(text) <= 65_535;
        }
    }

    /// Version 2: a block of bytes.
    final class Block {
        private static final byte[] BEGIN = {
            '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
        };
        private static final int COMMAND_AT = 12;
        private static final int FAMILY_AT = 13;
        private static final int LENGTH_AT = 14;
        private static final int FIXED_BYTES = 16;

        /// Room for what a balancer tells besides addresses, such as a certificate's subject.
        private static final int REST_MAX = 4096;

        private static final int FOR_ITSELF = 0x20;
        private static final int FOR_CLIENT = 0x21;

        private Block() {}

        static Optional<ProxyHeader> read(ByteBuf in) throws Malformed {
            if (!begins(in, BEGIN)) {
                throw new Malformed("this is no header of the PROXY protocol, version 2");
            }
            if (in.readableBytes() < FIXED_BYTES) {
                return Optional.empty();
            }
            int at = in.readerIndex();
            int command = in.getUnsignedByte(at + COMMAND_AT);
            int length = in.getUnsignedShort(at + LENGTH_AT);
            if (command != FOR_ITSELF && command != FOR_CLIENT) {
                throw new Malformed("the command 0x%02x is not known".formatted(command));
            }
            if (length > REST_MAX) {
                throw new Malformed("the header has %d bytes more".formatted(length));
            }
            if (in.readableBytes() < FIXED_BYTES + length) {
                return Optional.empty();
            }
            int family = in.getUnsignedByte(at + FAMILY_AT);
            var rest = in.skipBytes(FIXED_BYTES).readSlice(length);
            return Optional.of(command == FOR_ITSELF ? new Itself() : client(family, rest));
        }

        private static ProxyHeader client(int family, ByteBuf rest) throws Malformed {
            return switch (family) {
                case 0x11 -> client(rest, 4);
                case 0x21 -> client(rest, 16);
                case 0x00, 0x31 -> new Itself();
                default -> throw new Malformed("the family 0x%02x is no stream".formatted(family));
            };
        }

        /// The client's address, the one that it connected to, and the ports of both.
        private static ProxyHeader client(ByteBuf rest, int bytes) throws Malformed {
            if (rest.readableBytes() < 2 * bytes + 4) {
                throw new Malformed("the header is too short for its addresses");
            }
            var address = new byte[bytes];
            rest.readBytes(address).skipBytes(bytes);
            try {
                return new For(
                        new InetSocketAddress(
                                InetAddress.getByAddress(address), rest.readUnsignedShort()));
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
