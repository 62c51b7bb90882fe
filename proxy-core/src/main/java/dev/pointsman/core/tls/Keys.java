package dev.pointsman.core.tls;

import dev.pointsman.core.config.tls.Identity;
import dev.pointsman.core.config.tls.Trust;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// Certificates in the form that Java's TLS takes them.
final class Keys {
    private static final char[] IN_MEMORY = {};

    private Keys() {}

    /// What shows a certificate of ours.
    static X509ExtendedKeyManager of(Identity.Own own) throws GeneralSecurityException {
        var store = store();
        store.setKeyEntry("ours", own.key(), IN_MEMORY, own.chain().toArray(Certificate[]::new));
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, IN_MEMORY);
        return Arrays.stream(factory.getKeyManagers())
                .filter(X509ExtendedKeyManager.class::isInstance)
                .map(keys -> new Shown((X509ExtendedKeyManager) keys))
                .findFirst()
                .orElseThrow(() -> new GeneralSecurityException("no key manager"));
    }

    /// What checks the certificates of others; nothing at all where nobody was named.
    static X509ExtendedTrustManager of(Trust trust) throws GeneralSecurityException {
        return switch (trust) {
            case Trust.Unsaid() -> new Anybody();
            case Trust.Platform() -> checking(null);
            case Trust.Roots(_, var roots) -> checking(store(roots));
        };
    }

    private static KeyStore store(List<? extends Certificate> roots)
            throws GeneralSecurityException {
        var store = store();
        for (int i = 0; i < roots.size(); i++) {
            store.setCertificateEntry("root " + i, roots.get(i));
        }
        return store;
    }

    private static KeyStore store() throws GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, IN_MEMORY);
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
        return store;
    }

    /// @param store null: what the Java runtime trusts
    private static X509ExtendedTrustManager checking(@Nullable KeyStore store)
            throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return Arrays.stream(factory.getTrustManagers())
                .filter(X509ExtendedTrustManager.class::isInstance)
                .map(X509ExtendedTrustManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new GeneralSecurityException("no trust manager"));
    }
}
