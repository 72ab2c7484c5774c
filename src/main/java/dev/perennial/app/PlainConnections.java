// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.inject.Singleton;

/**
 * Has every connection without TLS speak HTTP/1.1 from its beginning. Where it might become one of HTTP/2, the server
 * counts it only when the first request has come as a whole, so that those that never ask would not be bounded
 * ({@code perennial.limits.connections}).
 */
@Singleton
public final class PlainConnections implements HttpServerOptionsCustomizer {

    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        options.setHttp2ClearTextEnabled(false);
    }
}
