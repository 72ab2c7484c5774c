// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.PropertyBindingException;
import dev.perennial.refusal.Refusal;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says in our own words what is wrong with a JSON document; the parser's words may quote it. */
final class JsonFaults {
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private JsonFaults() {}

    static Refusal refusal(JsonProcessingException fault) {
        if (fault instanceof PropertyBindingException unknown) {
            return new Refusal.Invalid(
                    pointer(unknown), "is not a member here; " + known(unknown.getKnownPropertyIds()));
        }
        if (fault instanceof MismatchedInputException mismatch
                && !mismatch.getPath().isEmpty()) {
            return new Refusal.Invalid(pointer(mismatch), "must be " + wanted(mismatch.getTargetType()));
        }
        if (fault instanceof MismatchedInputException mismatch) {
            return trailing(mismatch)
                    ? new Refusal.Unparsable("The body goes on after the end of its JSON document; send one document.")
                    : new Refusal.Invalid("", "the body must be " + wanted(mismatch.getTargetType()));
        }
        if (fault instanceof JsonMappingException mapping
                && mapping.getCause() instanceof InputCoercionException number
                && !mapping.getPath().isEmpty()) {
            return new Refusal.Invalid(
                    pointer(mapping), "must be " + wanted(number.getTargetType()) + "; this one is out of range");
        }
        if (fault instanceof JsonMappingException mapping
                && mapping.getCause() instanceof JsonProcessingException cause) {
            return refusal(cause);
        }
        return new Refusal.Unparsable(
                "The body is not valid JSON: " + reason(fault) + place(fault.getLocation()) + ".");
    }

    private static boolean trailing(MismatchedInputException mismatch) {
        return mismatch.getOriginalMessage().startsWith("Trailing token");
    }

    private static String reason(JsonProcessingException fault) {
        String message = String.valueOf(fault.getOriginalMessage());
        if (fault instanceof JsonEOFException) {
            return "it ends too early";
        }
        if (fault instanceof InputCoercionException) {
            return "a number is out of range";
        }
        if (message.startsWith("Duplicate field")) {
            return "a member appears twice in one object";
        }
        if (fault instanceof StreamConstraintsException) {
            return message.startsWith("Document nesting depth")
                    ? "it is nested too deeply"
                    : "a name, a number or the number of tokens is too large";
        }
        if (message.startsWith("Non-standard token")) {
            return "NaN and Infinity are not JSON";
        }
        return "it breaks the grammar";
    }

    private static String place(@Nullable JsonLocation location) {
        return location == null || location.getLineNr() < 1
                ? ""
                : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    private static String known(@Nullable Collection<Object> names) {
        if (names == null || names.isEmpty()) {
            return "no members are known here";
        }
        return "known members are "
                + new TreeSet<>(names.stream().map(String::valueOf).toList())
                        .stream().collect(Collectors.joining(", "));
    }

    private static String wanted(@Nullable Class<?> type) {
        if (type == null) {
            return "of another type";
        }
        if (type == InputBody.class || type == LabelBody.class) {
            return "a string or an object";
        }
        if (type == String.class) {
            return "a string";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (type == Integer.class || type == int.class || type == Long.class || type == long.class) {
            return "a whole number";
        }
        if (type == Double.class || type == double.class || type == Float.class || type == float.class) {
            return "a number";
        }
        return List.class.isAssignableFrom(type) || type.isArray() ? "an array" : "an object";
    }

    private static String pointer(JsonMappingException fault) {
        StringBuilder pointer = new StringBuilder();
        for (JsonMappingException.Reference step : fault.getPath()) {
            Optional<String> name = name(step);
            if (name.isEmpty()) {
                break;
            }
            pointer.append('/').append(name.orElseThrow());
        }
        return pointer.toString();
    }

    private static Optional<String> name(JsonMappingException.Reference step) {
        if (step.getFieldName() == null) {
            return Optional.of(String.valueOf(step.getIndex()));
        }
        return PLAIN_NAME.matcher(step.getFieldName()).matches() ? Optional.of(step.getFieldName()) : Optional.empty();
    }
}
