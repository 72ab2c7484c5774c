// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what else is asked from the query, when the body holds nothing but inputs. */
final class PredictionQuery {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    private PredictionQuery() {}

    /** @throws Refusal.Invalid when a parameter is given twice or not of its type */
    static PredictBody read(MultiMap query) {
        return new PredictBody(
                null, number(query, "top_k"), one(query, "mode"), truth(query, "explain"), one(query, "min_revision"));
    }

    private static @Nullable String one(MultiMap query, String name) {
        List<String> values = query.getAll(name);
        if (values.size() > 1) {
            throw new Refusal.Invalid("/" + name, "is given twice");
        }
        return values.isEmpty() ? null : values.get(0);
    }

    private static @Nullable Integer number(MultiMap query, String name) {
        String value = one(query, name);
        if (value != null && !NUMBER.matcher(value).matches()) {
            throw new Refusal.Invalid("/" + name, "must be a whole number");
        }
        return value == null ? null : Integer.valueOf(value);
    }

    private static @Nullable Boolean truth(MultiMap query, String name) {
        String value = one(query, name);
        if (value != null && !value.equals("true") && !value.equals("false")) {
            throw new Refusal.Invalid("/" + name, "must be true or false");
        }
        return value == null ? null : Boolean.valueOf(value);
    }
}
