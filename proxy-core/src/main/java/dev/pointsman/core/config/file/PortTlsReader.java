package dev.pointsman.core.config.file;

import dev.pointsman.core.config.Server.SslMode;
import dev.pointsman.core.config.key.Key;
import dev.pointsman.core.config.key.Setting;
import dev.pointsman.core.config.tls.BadPem;
import dev.pointsman.core.config.tls.CipherSuite;
import dev.pointsman.core.config.tls.Identity;
import dev.pointsman.core.config.tls.PemFiles;
import dev.pointsman.core.config.tls.PortTls;
import dev.pointsman.core.config.tls.TlsWords;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The encryption of one port, with its certificates read.
final class PortTlsReader {
    private static final String CERT = "cert";
    private static final String KEY = "key";
    private static final String CA = "ca";

    private final Section at;
    private final Map<String, Setting> keys = new LinkedHashMap<>();

    PortTlsReader(Section at, Key section) {
        this.at = at;
        Setting.below(section.path()).forEach(key -> keys.put(key.word(), key));
    }

    PortTls read() {
        var mode = at.choice(key("mode"), SslMode.class);
        Map<String, String> files = new LinkedHashMap<>();
        for (var word : List.of(CERT, KEY, CA)) {
            if (at.has(key(word))) {
                files.put(word, at.reading().path(at.text(key(word), "")).toString());
            }
        }
        boolean on = mode != SslMode.DISABLE;
        return new PortTls(
                mode,
                files,
                protocols(),
                ciphers(),
                at.flag(key("plain_cancel")),
                on ? identity(files) : new Identity.None(),
                on ? authorities(files, mode) : List.of());
    }

    private List<String> protocols() {
        var words = at.text(key("protocols"), "");
        var read = TlsWords.protocols(words);
        if (read.isEmpty()) {
            at.problem(
                    key("protocols"),
                    "'" + words + "' cannot be read",
                    "write tlsv1.2, tlsv1.3, or secure; older ones are not spoken");
        }
        return read.orElse(TlsWords.SECURE);
    }

    private List<CipherSuite> ciphers() {
        var words = at.text(key("ciphers"), "");
        var read = TlsWords.ciphers(words);
        if (read.isEmpty()) {
            at.problem(
                    key("ciphers"),
                    "'" + words + "' cannot be read",
                    "write default, or names from " + TlsWords.all());
        }
        return read.orElse(CipherSuite.DEFAULT);
    }

    private Identity identity(Map<String, String> files) {
        if (!files.containsKey(CERT) || !files.containsKey(KEY)) {
            for (var word : List.of(CERT, KEY)) {
                if (!files.containsKey(word)) {
                    at.missing(key(word));
                }
            }
            return new Identity.None();
        }
        try {
            return PemFiles.identity(path(files, CERT), path(files, KEY));
        } catch (BadPem bad) {
            boolean ofKey = bad.what().contains(files.getOrDefault(KEY, ""));
            at.problem(key(ofKey ? KEY : CERT), bad.what(), bad.mend());
            return new Identity.None();
        }
    }

    private List<X509Certificate> authorities(Map<String, String> files, SslMode mode) {
        if (!files.containsKey(CA)) {
            if (mode.compareTo(SslMode.VERIFY_CA) >= 0) {
                at.missing(key(CA));
            }
            return List.of();
        }
        try {
            return PemFiles.certificates(path(files, CA));
        } catch (BadPem bad) {
            at.problem(key(CA), bad.what(), bad.mend());
            return List.of();
        }
    }

    private static Path path(Map<String, String> files, String word) {
        return Path.of(files.getOrDefault(word, ""));
    }

    private Setting key(String word) {
        var key = keys.get(word);
        if (key == null) {
            throw new IllegalArgumentException(word);
        }
        return key;
    }
}
