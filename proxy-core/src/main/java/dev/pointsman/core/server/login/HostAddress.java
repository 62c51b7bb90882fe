package dev.pointsman.core.server.login;

import io.netty.util.NetUtil;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// A host's address, looked up without blocking the caller; names are resolved on a virtual thread.
final class HostAddress {
    private HostAddress() {}

    static CompletableFuture<InetSocketAddress> of(String host, int port) {
        if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
            return CompletableFuture.completedFuture(
                    new InetSocketAddress(
                            NetUtil.createInetAddressFromIpAddressString(host), port));
        }
        var found = new CompletableFuture<InetSocketAddress>();
        Thread.ofVirtual()
                .name("resolve " + host)
                .start(
                        () -> {
                            try {
                                found.complete(
                                        new InetSocketAddress(InetAddress.getByName(host), port));
                            } catch (UnknownHostException e) {
                                found.completeExceptionally(new CompletionException(e));
                            }
                        });
        return found;
    }
}
