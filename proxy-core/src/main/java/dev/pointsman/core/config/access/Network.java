package dev.pointsman.core.config.access;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/// A range of addresses in CIDR notation, of either family. An IPv4 address that is written as an
/// IPv6 one (`::ffff:10.0.0.1`), as dual-stack sockets show it, is the IPv4 address.
public final class Network {
    private static final Pattern V4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    /// Clients on the proxy's own machine that come by a Unix-domain socket; no address is in it.
    public static final Network LOCAL = new Network(new byte[0], 0);

    private static final String LOCAL_WORD = "local";
    private static final int V4_BYTES = 4;
    private static final int MAPPED_BITS = 96;

    private final byte[] base;
    private final int bits;

    private Network(byte[] base, int bits) {
        this.base = base;
        this.bits = bits;
    }

    /// `10.0.0.0/8`, `fd00::/8`, one address, or `local`. Empty when it is none, or has bits beyond
    /// its mask.
    public static Optional<Network> parse(String text) {
        if (text.equals(LOCAL_WORD)) {
            return Optional.of(LOCAL);
        }
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        if (!V4.matcher(address).matches() && !V6.matcher(address).matches()) {
            return Optional.empty();
        }
        try {
            boolean six = address.indexOf(':') >= 0;
            byte[] bytes = bytes(InetAddress.ofLiteral(address));
            boolean mapped = six && bytes.length == V4_BYTES;
            int all = six ? 128 : 32;
            int bits = slash < 0 ? all : bits(text.substring(slash + 1));
            int own = mapped ? bits - MAPPED_BITS : bits;
            return bits > all || own < 0
                    ? Optional.empty()
                    : Optional.of(new Network(bytes, own)).filter(Network::endsWithItsMask);
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static int bits(String text) {
        return text.matches("\\d{1,3}") ? Integer.parseInt(text) : -1;
    }

    /// Whether it speaks of where this client is.
    boolean contains(Applicant who) {
        return who.address().map(this::contains).orElse(who.isLocal() && equals(LOCAL));
    }

    public boolean contains(InetAddress address) {
        return contains(bytes(address));
    }

    /// Whether every address of the other is in this one.
    public boolean covers(Network other) {
        return bits <= other.bits && contains(other.base);
    }

    private boolean contains(byte[] address) {
        return address.length == base.length && firstBits(address, bits) && firstBytes(address);
    }

    private boolean firstBytes(byte[] address) {
        return Arrays.equals(base, 0, bits / 8, address, 0, bits / 8);
    }

    private boolean firstBits(byte[] address, int count) {
        int rest = count % 8;
        int at = count / 8;
        return rest == 0 || (base[at] ^ address[at]) >>> (8 - rest) == 0;
    }

    private boolean endsWithItsMask() {
        for (int bit = bits; bit < base.length * 8; bit++) {
            if ((base[bit / 8] & (0x80 >>> (bit % 8))) != 0) {
                return false;
            }
        }
        return true;
    }

    private static byte[] bytes(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address instanceof Inet6Address && isMapped(bytes)
                ? Arrays.copyOfRange(bytes, bytes.length - V4_BYTES, bytes.length)
                : bytes;
    }

    private static boolean isMapped(byte[] bytes) {
        for (int i = 0; i < 10; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return bytes[10] == -1 && bytes[11] == -1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Network that && bits == that.bits && Arrays.equals(base, that.base);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(base) + bits;
    }

    @Override
    public String toString() {
        if (equals(LOCAL)) {
            return LOCAL_WORD;
        }
        try {
            return InetAddress.getByAddress(base).getHostAddress() + "/" + bits;
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
