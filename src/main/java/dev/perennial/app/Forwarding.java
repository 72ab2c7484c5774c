// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.FeedbackTexts;
import dev.perennial.api.Leading;
import dev.perennial.refusal.Refusal;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Hands requests on that only the process can answer that makes the changes, and its replies back, as they come. Who
 * asks is found out there, by the same keys. Thread-safe.
 */
@Singleton
public final class Forwarding {
    private static final Logger LOG = Logger.getLogger(Forwarding.class);

    /** Says that a request was handed on: it is not handed on again. */
    static final String FORWARDED = "Perennial-Forwarded";

    /** After the name and the shape of a request are seen to, and before its body is read. */
    private static final int AFTER_NAMING = 9_000;

    private static final int CONNECT_MILLIS = 2_000;
    private static final int MOST_CONNECTIONS = 128;
    private static final int LONGEST_SILENCE_SECONDS = 600;
    private static final int RETRY_AFTER_SECONDS = 2;

    /** Of less than a million bytes. */
    private static final Pattern SHORT = Pattern.compile("[0-9]{1,6}");

    /** Of one connection, RFC 9110, section 7.6.1. */
    private static final Set<String> OF_CONNECTION = Set.of(
            "connection",
            "host",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "expect");

    private final Leading leading;
    private final FeedbackTexts texts;
    private final HttpClient client;

    public Forwarding(Leading leading, FeedbackTexts texts, Vertx vertx) {
        this.leading = leading;
        this.texts = texts;
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setConnectTimeout(CONNECT_MILLIS)
                .setMaxPoolSize(MOST_CONNECTIONS)
                .setIdleTimeout(LONGEST_SILENCE_SECONDS)
                .setDecompressionSupported(false));
    }

    void handOn(@Observes Filters filters) {
        filters.register(this::route, AFTER_NAMING);
    }

    private void route(RoutingContext context) {
        Optional<Leading.Leader> leader = leading.answering(context.normalizedPath());
        if (leader.isEmpty()) {
            context.next();
            return;
        }
        Optional<String> address = leader.get().address();
        if (address.isEmpty() || context.request().headers().contains(FORWARDED)) {
            refuse(context);
        } else {
            handOn(context, address.get());
        }
    }

    private void handOn(RoutingContext context, String address) {
        HttpServerRequest request = context.request();
        // Nothing of the body may be lost while there is no connection yet.
        request.pause();
        RequestOptions options = new RequestOptions()
                .setMethod(request.method())
                .setAbsoluteURI(address + request.uri())
                .setFollowRedirects(false);
        client.request(options)
                .compose(onward -> {
                    copy(request.headers(), onward.headers());
                    onward.putHeader(FORWARDED, "true");
                    boolean hasLength = request.headers().contains(HttpHeaders.CONTENT_LENGTH);
                    boolean hasBody = hasLength || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
                    if (!hasBody) {
                        request.resume();
                        return onward.send();
                    }
                    if (texts.isFeedback(context.normalizedPath()) && isShort(request)) {
                        onward.headers().remove(HttpHeaders.CONTENT_LENGTH);
                        Future<Buffer> whole = request.body();
                        request.resume();
                        return whole.compose(body -> onward.send(Buffer.buffer(texts.with(body.getBytes()))));
                    }
                    onward.setChunked(!hasLength);
                    request.resume();
                    return onward.send(request);
                })
                .onSuccess(reply -> handBack(reply, context))
                .onFailure(failure -> {
                    LOG.debugf(
                            "A request could not be handed on: %s",
                            failure.getClass().getName());
                    request.resume();
                    refuse(context);
                });
    }

    /** Whether a body says that it is so short that it can be read as a whole. */
    private static boolean isShort(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length != null && SHORT.matcher(length).matches();
    }

    private static void handBack(HttpClientResponse reply, RoutingContext context) {
        HttpServerResponse response = context.response();
        response.setStatusCode(reply.statusCode());
        copy(reply.headers(), response.headers());
        if (!reply.headers().contains(HttpHeaders.CONTENT_LENGTH)) {
            response.setChunked(true);
        }
        reply.pipeTo(response).onFailure(cut -> response.reset());
    }

    private static void copy(MultiMap from, MultiMap to) {
        from.forEach((name, value) -> {
            if (!OF_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                to.add(name, value);
            }
        });
    }

    private void refuse(RoutingContext context) {
        context.fail(new Refusal.NotReady(
                "No process of the service makes changes now; another one takes over within seconds.",
                RETRY_AFTER_SECONDS));
    }
}
