package dev.pointsman.cli.reach;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Host names of tests, which lead where a test says; all others are the operating system's. The
/// Java runtime finds this class by its name, for every lookup of the test's process.
public final class MovingNames extends InetAddressResolverProvider {
    private static final Map<String, InetAddress> NAMES = new ConcurrentHashMap<>();

    /// From now on the name leads there.
    ///
    /// @param address an address, no name
    static void move(String name, String address) {
        NAMES.put(name, InetAddress.ofLiteral(address));
    }

    @Override
    public InetAddressResolver get(Configuration configuration) {
        var system = configuration.builtinResolver();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
                    throws UnknownHostException {
                var ours = NAMES.get(host);
                return ours == null ? system.lookupByName(host, policy) : Stream.of(ours);
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                return system.lookupByAddress(address);
            }
        };
    }

    @Override
    public String name() {
        return "names of tests";
    }
}
