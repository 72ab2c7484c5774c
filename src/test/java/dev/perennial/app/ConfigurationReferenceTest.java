// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page on configuration lists every key with its default, and no other. */
final class ConfigurationReferenceTest {
    private static final Pattern ROW =
            Pattern.compile("\\| `(perennial\\.[a-z.-]+)` \\| (.*?) \\| \\S.*? \\| \\S.* \\|");

    @Test
    void page_listsEveryKeyWithItsDefault() throws IOException {
        Map<String, String> documented = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("docs/configuration.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                documented.put(row.group(1), row.group(2));
            }
        }
        Map<String, String> declared = new TreeMap<>();
        collect("perennial", PerennialConfig.class, declared);

        assertThat(documented.keySet()).isEqualTo(declared.keySet());
        declared.forEach((key, value) -> {
            if (!value.isEmpty()) {
                assertThat(documented.get(key)).as(key).isEqualTo("`" + value + "`");
            }
        });
    }

    private static void collect(String prefix, Class<?> type, Map<String, String> keys) {
        for (Method method : Arrays.stream(type.getMethods()).toList()) {
            WithName name = method.getAnnotation(WithName.class);
            String key = prefix + "."
                    + (name == null
                            ? method.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT)
                            : name.value());
            WithDefault value = method.getAnnotation(WithDefault.class);
            boolean group = method.getReturnType().isInterface()
                    && method.getReturnType().getName().startsWith("dev.perennial")
                    && value == null;
            if (group) {
                collect(key, method.getReturnType(), keys);
            } else {
                keys.put(key, value == null ? "" : value.value());
            }
        }
    }
}
