package dev.pointsman.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

class HttpTest {
    @TempDir private Path folder;
    private AdminFixture admin;
    private HttpClient client;

    @BeforeEach
    void open() throws Exception {
        admin = new AdminFixture(folder);
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    @AfterEach
    void close() {
        client.close();
        admin.close();
    }

    private HttpResponse<String> send(int port, String method, String path) throws Exception {
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .timeout(Duration.ofMinutes(2))
                        .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(admin.port.port(), "GET", path);
    }

    @Test
    void bothPortsAnswerTheProbes() throws Exception {
        for (int port : List.of(admin.port.port(), admin.port.httpPort())) {
            assertThat(send(port, "GET", "/healthz").statusCode()).isEqualTo(200);
            assertThat(send(port, "GET", "/readyz?verbose").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void readinessEndsWithTheLoginsAndHealthDoesNot() throws Exception {
        admin.ready = false;

        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body()).contains("draining");
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void healthEndsWhileAnEventLoopIsStuckAndReadinessDoesNot() throws Exception {
        // given
        var until = new CountDownLatch(1);
        admin.stick(until);
        try {
            // when
            var health = get("/healthz");

            // then
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.body()).isEqualTo("an event loop has not answered for 2 s\n");
            assertThat(get("/readyz").statusCode()).isEqualTo(200);
        } finally {
            until.countDown();
        }

        // and once it goes on
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void metricsAreInPrometheusFormat() throws Exception {
        var metrics = get("/metrics");

        assertThat(metrics.headers().firstValue("content-type"))
                .hasValueSatisfying(
                        type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        assertThat(metrics.body())
                .contains(
                        "# TYPE pointsman_build_info",
                        "pointsman_transactions_total{database=\"shop\"");
    }

    @Test
    void statusIsJsonWithARowPerDatabase() throws Exception {
        var status = JSON.std.mapFrom(get("/status").body());

        assertThat(status).containsEntry("ready", true);
        assertThat((List<?>) status.get("databases"))
                .hasSize(2)
                .first()
                .satisfies(
                        row ->
                                assertThat(JSON.std.asString(row))
                                        .contains(
                                                "\"name\":\"shop\"",
                                                "\"server\":\"blue\"",
                                                "\"state\":\"serving\"",
                                                "\"waiting\":0"));
    }

    @Test
    void whatIsNotThereIsNotFound() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        assertThat(get("/metrics/x").statusCode()).isEqualTo(404);
        assertThat(get("/../etc/passwd").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
    void onlyReadingIsAllowed(String method) throws Exception {
        var refused = send(admin.port.port(), method, "/metrics");

        assertThat(refused.statusCode()).isEqualTo(405);
        assertThat(refused.headers().firstValue("allow")).contains("GET, HEAD");
    }

    @Test
    void headIsAnsweredWithoutABody() throws Exception {
        var head = send(admin.port.port(), "HEAD", "/metrics");

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValueAsLong("content-length").orElse(0)).isGreaterThan(100);
    }
}
