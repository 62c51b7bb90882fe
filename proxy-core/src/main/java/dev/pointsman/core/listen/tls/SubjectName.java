package dev.pointsman.core.listen.tls;

import dev.pointsman.core.tls.Secured;

import io.netty.channel.Channel;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

import javax.naming.NamingException;
import javax.naming.directory.Attributes;
import javax.naming.ldap.LdapName;

/// In whose name a certificate is. Only a single common name counts: of several nobody can say
/// which was meant, alternative names are for hosts, and a name with control characters in it is
/// meant to be misread.
public final class SubjectName {
    private static final String ATTRIBUTE = "CN";

    private SubjectName() {}

    /// The name in the certificate that the other end of the channel proved to own; empty when it
    /// showed none, or none that counts.
    public static String of(Channel channel) {
        return Secured.of(channel)
                .filter(secured -> !secured.peer().isEmpty())
                .map(secured -> of(secured.peer().getFirst()))
                .orElse("");
    }

    static String of(X509Certificate certificate) {
        try {
            List<Object> found = new ArrayList<>();
            for (var part :
                    new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                add(found, part.toAttributes());
            }
            return found.size() == 1
                            && found.getFirst() instanceof String name
                            && name.chars().noneMatch(Character::isISOControl)
                    ? name
                    : "";
        } catch (NamingException _) {
            return "";
        }
    }

    /// A part of the name may consist of several, joined by a plus sign.
    private static void add(List<Object> found, Attributes part) throws NamingException {
        var names = part.get(ATTRIBUTE);
        for (int i = 0; names != null && i < names.size(); i++) {
            found.add(names.get(i));
        }
    }
}
