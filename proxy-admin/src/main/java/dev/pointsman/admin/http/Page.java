package dev.pointsman.admin.http;

import io.netty.handler.codec.http.HttpResponseStatus;

/// What a GET is answered with.
public record Page(HttpResponseStatus status, String contentType, String body) {

    static Page text(int status, String body) {
        return new Page(HttpResponseStatus.valueOf(status), "text/plain; charset=utf-8", body);
    }

    static Page json(int status, String body) {
        return new Page(HttpResponseStatus.valueOf(status), "application/json", body);
    }

    /// The exposition format of Prometheus.
    static Page metrics(String body) {
        return new Page(HttpResponseStatus.OK, "text/plain; version=0.0.4; charset=utf-8", body);
    }
}
