package dev.pointsman.admin.http;

import java.util.function.Supplier;

/// The pages that HTTP answers; none of them changes anything. On virtual threads.
public final class Pages {
    /// What the pages say, asked anew for each request.
    public interface Source {
        /// All metrics in the format of Prometheus.
        String metrics();

        /// Whether event loops and control path respond.
        Health alive();

        /// Whether clients can log in.
        Health ready();

        /// The state of everything as one JSON object.
        String status();
    }

    /// Yes, or no with the reason.
    public sealed interface Health {
        record Good() implements Health {}

        record Bad(String reason) implements Health {}
    }

    private final Source source;

    public Pages(Source source) {
        this.source = source;
    }

    Page page(String path) {
        return switch (path) {
            case "/metrics" -> Page.metrics(source.metrics());
            case "/healthz" -> health(source::alive);
            case "/readyz" -> health(source::ready);
            case "/status" -> Page.json(200, source.status());
            default -> Page.text(404, "there are /metrics, /healthz, /readyz and /status\n");
        };
    }

    private static Page health(Supplier<Health> asked) {
        return switch (asked.get()) {
            case Health.Good() -> Page.text(200, "ok\n");
            case Health.Bad(var reason) -> Page.text(503, reason + "\n");
        };
    }
}
