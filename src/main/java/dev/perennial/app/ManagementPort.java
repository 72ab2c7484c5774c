// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.ProblemReplies;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/**
 * A second port with what is there for operation, {@code /q/*}, which the first one then does not have. Quarkus has one
 * of its own, but only in builds that are made for it, and keys do not guard that.
 */
@Singleton
public final class ManagementPort {
    private static final String OPERATION = "/q";
    private static final int LARGEST_PORT = 65_535;
    private static final int LONGEST_HEADERS = 16_384;
    private static final int IDLE_SECONDS = 60;
    private static final int NOT_FOUND = 404;

    private final Optional<Integer> port;
    private final Vertx vertx;
    private final ProblemReplies replies;
    private final AtomicReference<@Nullable Router> routes = new AtomicReference<>();
    private final AtomicReference<@Nullable HttpServer> server = new AtomicReference<>();

    public ManagementPort(PerennialConfig config, Vertx vertx, ProblemReplies replies) {
        this.port = config.management().port();
        this.vertx = vertx;
        this.replies = replies;
    }

    void know(@Observes Router router) {
        routes.set(router);
    }

    void divide(@Observes Filters filters) {
        if (port.isPresent()) {
            filters.register(this::turnAway, RouterProblems.AFTER_NAMING);
        }
    }

    /** As the first port does, it answers from the first moment, so that health tells of the start. */
    void open(@Observes StartupEvent event) {
        port.ifPresent(number -> server.set(listening(number)));
    }

    void close(@Observes ShutdownEvent event) {
        HttpServer open = server.getAndSet(null);
        if (open != null) {
            open.close();
        }
    }

    private HttpServer listening(int number) {
        // Else both would be listened on, and each would take some of the connections.
        if (number < 1
                || number > LARGEST_PORT
                || number == ConfigProvider.getConfig().getValue("quarkus.http.port", Integer.class)) {
            throw new ConfigurationException("perennial.management.port must lie between 1 and " + LARGEST_PORT
                    + ", and be another one than quarkus.http.port.");
        }
        HttpServerOptions options = new HttpServerOptions()
                .setMaxHeaderSize(LONGEST_HEADERS)
                .setIdleTimeout(IDLE_SECONDS)
                .setCompressionSupported(true);
        String host = ConfigProvider.getConfig().getValue("quarkus.http.host", String.class);
        try {
            return vertx.createHttpServer(options)
                    .requestHandler(routes.get())
                    .listen(number, host)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException taken) {
            throw new ConfigurationException(
                    "Port " + number + " of " + host + " cannot be listened on; perennial.management.port must name a"
                            + " free one, other than quarkus.http.port.",
                    taken);
        }
    }

    private void turnAway(RoutingContext context) {
        boolean management = context.request().localAddress().port() == port.orElseThrow();
        if (management == isOperation(context.normalizedPath())) {
            context.next();
        } else {
            replies.reply(context, NOT_FOUND);
        }
    }

    static boolean isOperation(@Nullable String path) {
        return path != null && (path.equals(OPERATION) || path.startsWith(OPERATION + "/"));
    }
}
