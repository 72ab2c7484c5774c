// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.knowledge.Statement.Aspect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Packs statements for {@link EntityRecord}. Attributes are not packed: nothing is answered by them.
 *
 * @param entity gives the number of an id, a new one when there is none
 * @param language gives the number of a language
 */
record RecordWriter(ToIntFunction<String> entity, ToIntFunction<String> language) {

    /** Appends the statements of one entity, which are in order. */
    void write(List<Statement> ordered, ByteSink sink) {
        List<Statement> words = ordered.stream().filter(RecordWriter::isWords).toList();
        sink.addNumber(words.size());
        words.forEach(statement -> writeWords(statement, sink));
        List<Statement> relations = ordered.stream()
                .filter(statement -> statement.aspect() == Aspect.RELATION)
                .toList();
        sink.addNumber(relations.size());
        for (Statement statement : relations) {
            sink.addNumber(entity.applyAsInt(statement.relation()));
            sink.addNumber(entity.applyAsInt(statement.value()));
        }
    }

    private static boolean isWords(Statement statement) {
        return EntityRecord.number(statement.aspect()) >= 0;
    }

    private void writeWords(Statement statement, ByteSink sink) {
        sink.add(EntityRecord.number(statement.aspect()));
        sink.addNumber(language.applyAsInt(statement.language()));
        sink.addNumber(statement.count());
        byte[] utf8 = statement.value().getBytes(StandardCharsets.UTF_8);
        sink.addNumber(utf8.length);
        sink.add(utf8, 0, utf8.length);
    }
}
