// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.AllowedMethods;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Singleton;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The methods of each path, read from the annotations of the resources. Immutable. */
@Singleton
public final class OfferedMethods implements AllowedMethods {
    private static final Pattern PARAMETER = Pattern.compile("\\{[^}]*}");

    private record Offer(Pattern path, String method) {}

    private final List<Offer> offers = new ArrayList<>();

    public OfferedMethods(BeanManager beans) {
        for (Bean<?> bean : beans.getBeans(Object.class, Any.Literal.INSTANCE)) {
            Path root = bean.getBeanClass().getAnnotation(Path.class);
            if (root != null) {
                Arrays.stream(bean.getBeanClass().getMethods()).forEach(method -> add(root.value(), method));
            }
        }
    }

    private void add(String root, Method method) {
        Path sub = method.getAnnotation(Path.class);
        for (Annotation annotation : method.getAnnotations()) {
            Optional.ofNullable(annotation.annotationType().getAnnotation(HttpMethod.class))
                    .ifPresent(http -> offers.add(
                            new Offer(pattern(root + "/" + (sub == null ? "" : sub.value())), http.value())));
        }
    }

    private static Pattern pattern(String template) {
        String path = ("/" + template).replaceAll("/+", "/").replaceAll("/$", "");
        return Pattern.compile(PARAMETER.matcher(path).replaceAll("[^/]+") + "/?");
    }

    @Override
    public Set<String> of(String path) {
        Set<String> methods = new TreeSet<>();
        for (Offer offer : offers) {
            if (offer.path().matcher(path).matches()) {
                methods.add(offer.method());
            }
        }
        if (methods.contains(HttpMethod.GET)) {
            methods.add(HttpMethod.HEAD);
        }
        if (!methods.isEmpty()) {
            methods.add(HttpMethod.OPTIONS);
        }
        return methods;
    }
}
