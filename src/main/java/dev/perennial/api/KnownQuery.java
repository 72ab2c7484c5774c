// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import jakarta.inject.Singleton;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.UriInfo;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Refuses query parameters that a route does not take, as unknown members of a body are. What is left out by mistake
 * would otherwise have a request do another thing than was meant. Thread-safe.
 */
@Singleton
public final class KnownQuery {
    /** They are read by people, whose browsers may come with anything. */
    private static final String PAGES = "/problems/";

    /** What these do not narrow is all that there is; an empty one, which counts as none elsewhere, is a slip. */
    private static final Set<String> NARROWING = Set.of("source", "task");

    private static final Pattern COMMA = Pattern.compile(",");
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private final Map<Method, Set<String>> namesByMethod = new ConcurrentHashMap<>();

    @ServerRequestFilter
    void check(ResourceInfo resource, UriInfo address) {
        Method method = resource.getResourceMethod();
        if (method != null && !address.getRequestUri().getRawPath().startsWith(PAGES)) {
            check(namesByMethod.computeIfAbsent(method, KnownQuery::names), address.getQueryParameters());
        }
    }

    /** @throws Refusal.Invalid when a parameter is not among these names */
    static void check(Set<String> names, Map<String, List<String>> query) {
        List<String> unknown = query.keySet().stream()
                .filter(name -> !names.contains(name))
                .sorted()
                .toList();
        if (!unknown.isEmpty()) {
            throw new Refusal.Invalid("", refused(unknown) + "; " + known(names));
        }
        query.forEach((name, values) -> {
            // Of two values, one would be ignored.
            if (values.size() > 1) {
                throw new Refusal.Invalid("", "the query parameter " + name + " is given twice");
            }
        });
        for (String name : NARROWING) {
            if (names.contains(name) && query.getOrDefault(name, List.of()).contains("")) {
                throw new Refusal.Invalid("", "the query parameter " + name + " is empty; name one, or leave it out");
            }
        }
    }

    private static String refused(List<String> unknown) {
        String plain = unknown.stream()
                .filter(name -> PLAIN_NAME.matcher(name).matches())
                .collect(Collectors.joining(", "));
        return plain.isEmpty()
                ? "a query parameter is not known here"
                : "the query parameter " + plain + " is not known here";
    }

    private static String known(Set<String> names) {
        return names.isEmpty() ? "no query parameters are" : "known ones are " + String.join(", ", names);
    }

    /** The query parameters that a method takes, in order. */
    static Set<String> names(Method method) {
        Set<String> names = new TreeSet<>();
        for (Parameter parameter : method.getParameters()) {
            if (parameter.isAnnotationPresent(BeanParam.class)) {
                Arrays.stream(parameter.getType().getDeclaredFields())
                        .flatMap(field -> name(field).stream())
                        .forEach(names::add);
            }
            name(parameter).ifPresent(names::add);
        }
        Stream.ofNullable(method.getAnnotation(ReadsQuery.class))
                .flatMap(reads -> COMMA.splitAsStream(reads.value()))
                .forEach(names::add);
        return names;
    }

    private static Optional<String> name(AnnotatedElement element) {
        return Optional.ofNullable(element.getAnnotation(QueryParam.class)).map(QueryParam::value);
    }
}
