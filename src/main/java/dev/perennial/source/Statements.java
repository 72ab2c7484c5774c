// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import dev.perennial.knowledge.GraphReading;
import dev.perennial.knowledge.Statement;
import dev.perennial.knowledge.Statement.Aspect;
import dev.perennial.knowledge.StatementSink;
import dev.perennial.text.Text;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Makes statements of what a file says, and faults of what cannot be one. Belongs to one reading. */
final class Statements {
    private static final Pattern LANGUAGE = Pattern.compile("[a-z]{1,8}(-[a-z0-9]{1,8}){0,8}");
    private static final int BYTES_PER_CHAR = 3;

    private final GraphReading reading;
    private final StatementSink sink;

    Statements(GraphReading reading, StatementSink sink) {
        this.reading = reading;
        this.sink = sink;
    }

    /** What a file says, unchecked; its parts are those of a {@link Statement}. */
    record Said(Aspect aspect, String entity, String relation, String value, String language) {
        static Said relation(String entity, String relation, String other) {
            return new Said(Aspect.RELATION, entity, relation, other, "");
        }
    }

    /** Takes what a line says. Words of no character say nothing. */
    void add(long line, Said said) {
        if (said.value().isEmpty() && said.aspect() != Aspect.RELATION) {
            return;
        }
        String language = language(said);
        Optional<String> fault = fault(said, language);
        if (fault.isPresent()) {
            sink.fault(line, fault.get());
        } else {
            sink.accept(new Statement(said.entity(), said.aspect(), said.relation(), said.value(), language, 1));
        }
    }

    void fault(long line, String detail) {
        sink.fault(line, detail);
    }

    /** The words' own language, or that of the file; an attribute need not be words. */
    private String language(Said said) {
        boolean words = said.aspect() != Aspect.RELATION && said.aspect() != Aspect.ATTRIBUTE;
        String language = said.language().isEmpty() && words ? reading.language() : said.language();
        return language.toLowerCase(Locale.ROOT);
    }

    private Optional<String> fault(Said said, String language) {
        boolean related = said.aspect() == Aspect.RELATION || said.aspect() == Aspect.ATTRIBUTE;
        Optional<String> fault = idFault(said.entity());
        if (fault.isEmpty() && related) {
            fault = idFault(said.relation());
        }
        if (fault.isEmpty()) {
            fault = said.aspect() == Aspect.RELATION ? idFault(said.value()) : wordsFault(said.value());
        }
        return fault.isEmpty()
                        && !language.isEmpty()
                        && !LANGUAGE.matcher(language).matches()
                ? Optional.of("has a language that is no BCP 47 tag")
                : fault;
    }

    private Optional<String> idFault(String id) {
        int most = reading.limits().idChars();
        return id.length() > most
                ? Optional.of("has an id of more than " + most + " characters")
                : Text.flawIn(id, most).map(flaw -> "has an id that " + detail(flaw));
    }

    private Optional<String> wordsFault(String words) {
        int most = reading.limits().literalBytes();
        boolean mayBeTooLong = words.length() > most / BYTES_PER_CHAR;
        if (mayBeTooLong && words.getBytes(StandardCharsets.UTF_8).length > most) {
            return Optional.of("has a literal of more than " + most + " bytes");
        }
        return Text.flawIn(words, Integer.MAX_VALUE).map(flaw -> "has a literal that " + detail(flaw));
    }

    private static String detail(Text.Flaw flaw) {
        return switch (flaw) {
            case BLANK -> "has no visible character";
            case LONE_SURROGATE -> "is not UTF-8";
            case NUL -> "contains the character U+0000";
            case MARKS -> "has too many combining marks in a row";
            case TOO_LONG -> "is too long";
        };
    }
}
