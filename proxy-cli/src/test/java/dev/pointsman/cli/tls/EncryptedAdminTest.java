package dev.pointsman.cli.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.admin.AdminAddress;
import dev.pointsman.cli.admin.AdminClient;
import dev.pointsman.cli.real.RealServers;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/// An admin port that takes encrypted connections only, of psql, of the subcommands, and of HTTP.
@Tag("real")
class EncryptedAdminTest {
    private static final Papers PAPERS = Papers.make();

    @RegisterExtension
    static final RealServers servers =
            RealServers.own(
                    PAPERS.encrypting(EncryptedLab.hostssl(16)),
                    PAPERS.encrypting(EncryptedLab.hostssl(18)));

    @TempDir Path folder;
    private EncryptedLab lab;

    @BeforeEach
    void start() throws Exception {
        lab = EncryptedLab.start(servers, PAPERS, folder, "transaction");
    }

    @AfterEach
    void stop() {
        lab.close();
    }

    private Tool.Said psql(String conninfo, String command) throws Exception {
        return Tool.run(folder, "psql", "-X", "-A", "-t", "-d", conninfo, "-c", command);
    }

    private AdminClient subcommand() {
        var url =
                "postgres://operator@127.0.0.1:%d/pointsman?sslmode=verify-full&sslrootcert=%s"
                        .formatted(lab.adminPort(), folder.resolve("ca.pem"));
        return AdminClient.open(AdminAddress.of(url, Map.of("PGPASSWORD", "secret")));
    }

    @Test
    void psqlGetsInByEitherPort() throws Exception {
        for (int port : List.of(lab.adminPort(), lab.proxy().port())) {
            var verified = lab.operator(port, "sslmode=verify-full channel_binding=require");
            assertThat(psql(verified, "SHOW ROUTES").text())
                    .startsWith(servers.database() + "|blue|");
            assertThat(psql(verified, "\\conninfo").text()).contains("protocol: TLSv1.3");
        }
    }

    @Test
    void psqlInPlainIsToldWhatToDo() throws Exception {
        var said = psql(lab.operator(lab.adminPort(), "sslmode=disable"), "SHOW VERSION");

        assertThat(said.status()).isEqualTo(2);
        assertThat(said.text()).contains("takes encrypted connections only", "sslmode=require");
    }

    @Test
    void aSubcommandVerifiesThePort() throws Exception {
        try (var client = subcommand()) {
            assertThat(client.query("SHOW ROUTES").rows().getFirst().text("server"))
                    .isEqualTo("blue");
        }
    }

    @Test
    void pagesAreReadByHttpsOnly() throws Exception {
        try (var https = https(folder.resolve("ca.pem"))) {
            assertThat(page(https, "https", "/metrics").body())
                    .contains("pointsman_tls_certificate_expiry_timestamp_seconds");
            for (var path : List.of("/healthz", "/readyz", "/status")) {
                assertThat(page(https, "https", path).statusCode()).as(path).isEqualTo(200);
                var plain = page(https, "http", path);
                assertThat(plain.statusCode()).as(path).isEqualTo(400);
                assertThat(plain.body()).contains("use https");
            }
        }
    }

    @Test
    void aReloadBringsANewCertificateAndDropsNobody() throws Exception {
        var renewed = Papers.make();
        var old = Files.copy(PAPERS.file("ca.pem"), folder.resolve("old-ca.pem"));
        try (var operator = subcommand();
                var client = lab.connect("direct");
                var statement = client.createStatement();
                var distrusting = https(old);
                var trusting = https(renewed.file("ca.pem"))) {
            assertThat(page(distrusting, "https", "/healthz").statusCode()).isEqualTo(200);

            // when
            for (var name : List.of("server.pem", "server.key")) {
                Files.copy(
                        renewed.file(name),
                        folder.resolve(name),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            var said = psql(lab.operator(lab.adminPort(), "sslmode=verify-full"), "RELOAD");

            // then
            assertThat(said.text())
                    .contains("listen.tls.cert", "admin.tls.cert")
                    .endsWith("RELOAD\n");
            assertThat(operator.query("SHOW VERSION").rows()).hasSize(1);
            assertThat(statement.execute("select 1")).isTrue();
            assertThat(page(trusting, "https", "/healthz").statusCode()).isEqualTo(200);
            var info = " sslmode=verify-full sslrootcert=" + renewed.file("ca.pem");
            assertThat(psql(lab.operator(lab.adminPort(), info), "SHOW VERSION").status()).isZero();
            assertThat(psql(lab.conninfo(info), "select 1").text()).isEqualTo("1\n");
            assertThat(psql(lab.conninfo("sslmode=verify-full"), "select 1").text())
                    .contains("SSL error");
            try (var another = https(old)) {
                assertThatThrownBy(() -> page(another, "https", "/healthz"))
                        .isInstanceOf(SSLException.class);
            }
        }
    }

    @Test
    void aBrokenCertificateChangesNothing() throws Exception {
        // given
        Files.writeString(folder.resolve("server.pem"), "no certificate");

        // when
        var said = psql(lab.operator(lab.adminPort(), "sslmode=verify-full"), "RELOAD");

        // then
        assertThat(said.status()).isEqualTo(1);
        assertThat(said.text()).contains("server.pem");
        assertThat(psql(lab.operator(lab.adminPort(), "sslmode=verify-full"), "SHOW VERSION"))
                .extracting(Tool.Said::status)
                .isEqualTo(0);
        assertThat(psql(lab.conninfo("sslmode=verify-full"), "select 1").text()).isEqualTo("1\n");
    }

    private static HttpClient https(Path authority) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (var pem = Files.newInputStream(authority)) {
            store.setCertificateEntry(
                    "authority", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        var trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).version(Version.HTTP_1_1).build();
    }

    private HttpResponse<String> page(HttpClient client, String scheme, String path)
            throws IOException, InterruptedException {
        var uri = URI.create("%s://127.0.0.1:%d%s".formatted(scheme, lab.adminPort(), path));
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
}
