// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.knowledge.Statement.Aspect;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The order in which the statements about an entity are kept, whichever way they come, and their hash in that order.
 *
 * <p>English words come first, then those of no language, then the other languages by their names; within a language
 * the more frequent first. What several sources say is one statement, and its counts are added.
 */
final class StatementOrder {
    private static final String PREFERRED = "en";

    private static final Comparator<Statement> BY_KIND = Comparator.comparing(Statement::aspect)
            .thenComparingInt(StatementOrder::rank)
            .thenComparing(Statement::language);
    private static final Comparator<Statement> BY_MEANING =
            BY_KIND.thenComparing(Statement::relation).thenComparing(Statement::value);
    private static final Comparator<Statement> BY_PREFERENCE = BY_KIND.thenComparing(
                    Comparator.comparingInt(Statement::count).reversed())
            .thenComparing(Statement::relation)
            .thenComparing(Statement::value);

    private StatementOrder() {}

    /** The statements in order, each once. */
    static List<Statement> of(List<Statement> statements) {
        List<Statement> sorted = new ArrayList<>(statements);
        sorted.sort(BY_MEANING);
        List<Statement> merged = new ArrayList<>(sorted.size());
        for (Statement statement : sorted) {
            int last = merged.size() - 1;
            if (last >= 0 && BY_MEANING.compare(merged.get(last), statement) == 0) {
                merged.set(last, sum(merged.get(last), statement));
            } else {
                merged.add(statement);
            }
        }
        merged.sort(BY_PREFERENCE);
        return merged;
    }

    private static Statement sum(Statement one, Statement same) {
        boolean name = one.aspect() == Aspect.LABEL || one.aspect() == Aspect.ALIAS;
        int count = name ? (int) Math.min(Integer.MAX_VALUE, (long) one.count() + same.count()) : 1;
        return new Statement(one.entity(), one.aspect(), one.relation(), one.value(), one.language(), count);
    }

    private static int rank(Statement statement) {
        if (statement.language().equals(PREFERRED)) {
            return 0;
        }
        return statement.language().isEmpty() ? 1 : 2;
    }

    /** The hash of statements that are in order. */
    static EntityHash hash(List<Statement> ordered) {
        MessageDigest sha256 = sha256();
        for (Statement statement : ordered) {
            add(sha256, statement.entity());
            add(sha256, statement.aspect().name());
            add(sha256, statement.relation());
            add(sha256, statement.value());
            add(sha256, statement.language());
            add(sha256, statement.count());
        }
        ByteBuffer hash = ByteBuffer.wrap(sha256.digest());
        return new EntityHash(hash.getLong(), hash.getLong());
    }

    private static void add(MessageDigest sha256, String part) {
        byte[] utf8 = part.getBytes(StandardCharsets.UTF_8);
        add(sha256, utf8.length);
        sha256.update(utf8);
    }

    private static void add(MessageDigest sha256, int number) {
        sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
