package dev.pointsman.core.config.tls;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// Reads and writes lists of protocols and ciphers as PgBouncer spells them: names with a comma, a
/// colon or a space between, or one word for all that are safe.
public final class TlsWords {
    /// The protocols of the word `secure`, and the only ones spoken.
    public static final List<String> SECURE = List.of("TLSv1.3", "TLSv1.2");

    private static final String SECURE_WORD = "secure";
    private static final String DEFAULT_WORD = "default";

    private TlsWords() {}

    /// The protocols that `text` names; empty when one of them is not spoken.
    public static Optional<List<String>> protocols(String text) {
        var protocols = new ArrayList<String>();
        for (var word : split(text)) {
            switch (word) {
                case SECURE_WORD -> protocols.addAll(SECURE);
                case "tlsv1.2" -> protocols.add("TLSv1.2");
                case "tlsv1.3" -> protocols.add("TLSv1.3");
                default -> {
                    return Optional.empty();
                }
            }
        }
        return protocols.isEmpty()
                ? Optional.empty()
                : Optional.of(SECURE.stream().filter(protocols::contains).toList());
    }

    /// The suites that `text` names, in its order; empty when one of them is not known.
    public static Optional<List<CipherSuite>> ciphers(String text) {
        var suites = new ArrayList<CipherSuite>();
        for (var word : split(text)) {
            if (word.equals(DEFAULT_WORD)) {
                suites.addAll(CipherSuite.DEFAULT);
                continue;
            }
            var suite = CipherSuite.named(word);
            if (suite.isEmpty()) {
                return Optional.empty();
            }
            suites.add(suite.get());
        }
        return suites.isEmpty()
                ? Optional.empty()
                : Optional.of(suites.stream().distinct().toList());
    }

    public static String protocolsText(List<String> protocols) {
        return protocols.equals(SECURE)
                ? SECURE_WORD
                : protocols.stream()
                        .map(word -> word.toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(","));
    }

    public static String ciphersText(List<CipherSuite> suites) {
        return suites.equals(CipherSuite.DEFAULT)
                ? DEFAULT_WORD
                : suites.stream().map(CipherSuite::openssl).collect(Collectors.joining(":"));
    }

    /// Every suite that may be named.
    public static String all() {
        return Arrays.stream(CipherSuite.values())
                .map(CipherSuite::openssl)
                .collect(Collectors.joining(":"));
    }

    private static List<String> split(String text) {
        return Arrays.stream(text.split("[,:\\s]+")).filter(word -> !word.isEmpty()).toList();
    }
}
