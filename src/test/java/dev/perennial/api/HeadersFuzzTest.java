// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.fuzz.Parsing.require;
import static dev.perennial.fuzz.Parsing.valueOrRefusal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.fuzz.MutatedSeeds;
import dev.perennial.fuzz.Parsing;
import dev.perennial.knowledge.GraphForm;
import dev.perennial.task.Idempotency;
import dev.perennial.task.MemoryTaskStore;
import dev.perennial.task.RevisionId;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What comes beside a body: on the first line the value of any header that is read, on the second the query of the
 * address.
 */
final class HeadersFuzzTest {
    private static final Optional<RevisionId> CURRENT = RevisionId.parse("rev_0000000000000007");

    private final Limits limits = Parsing.smallLimits();
    private final IdempotentRequests idempotent = new IdempotentRequests(limits);

    static Stream<byte[]> seeds() {
        return MutatedSeeds.texts(
                "\"rev_0000000000000007\", \"x\"\nlimit=10&cursor=ZXhfMDE",
                "*\ntop_k=3&mode=fast&explain=true&min_revision=rev_0000000000000001",
                "5000\nsource=a&origin=https%3A%2F%2Fe&licence=x&trust=0.5&on_error=skip&language=en-GB",
                "W/\"a\"\nlabel_predicates=a,b&entity_column=0&label_columns=1,2&relation_columns=3",
                " 42\nlimit=-1&cursor=%00&limit=2",
                "9223372036854775808\n%ff=%&&=&a");
    }

    @MethodSource("seeds")
    @FuzzTest
    void headersAndQueries_areReadOrRefused(byte[] input) throws Exception {
        String[] lines = new String(input, StandardCharsets.UTF_8).split("\n", 2);
        header(lines[0]);
        if (lines.length == 2) {
            query(lines[1]);
        }
    }

    private void header(String value) throws Exception {
        valueOrRefusal(() -> {
            EntityTags.require(value, null, CURRENT);
            require(value.contains("*") || value.contains("7"), "another revision is taken for the current one");
            return value;
        });
        valueOrRefusal(() -> {
            EntityTags.require(null, value, CURRENT);
            return value;
        });
        Optional<Long> millis = valueOrRefusal(() -> ClientWatch.millis(List.of(value), 1));
        require(millis.orElse(1L) >= 1, "a client that waits for no time");
        Optional<Long> event = valueOrRefusal(() -> JobsResource.eventNumber(value));
        require(event.orElse(0L) >= 0, "an event before the first");
        valueOrRefusal(() -> idempotent.once(
                new MemoryTaskStore(java.time.InstantSource.fixed(java.time.Instant.EPOCH)),
                new IdempotentRequests.Call(value, "POST /v1/x", new byte[0]),
                request -> new Idempotency.Reply(200, value)));
    }

    private void query(String raw) throws Exception {
        Map<String, List<String>> query;
        try {
            query = new QueryStringDecoder(raw, StandardCharsets.UTF_8, false).parameters();
        } catch (IllegalArgumentException notDecodable) {
            return;
        }
        valueOrRefusal(() -> {
            KnownQuery.check(Set.of("limit", "cursor", "source"), query);
            return raw;
        });
        Page.Asked asked = new Page.Asked(first(query, "limit"), first(query, "cursor"));
        Optional<Integer> items = valueOrRefusal(() -> asked.items(100));
        require(items.orElse(1) >= 1 && items.orElse(1) <= 100, "a page of another length");
        Optional<String> after = valueOrRefusal(asked::after);
        require(after.orElse("").matches("[A-Za-z0-9_.-]{0,80}"), "a cursor that is no id");
        MultiMap all = MultiMap.caseInsensitiveMultiMap();
        query.forEach(all::add);
        valueOrRefusal(() -> PredictionQuery.read(all));
        for (GraphForm form : List.of(GraphForm.TSV, GraphForm.N_TRIPLES)) {
            valueOrRefusal(() -> new GraphImportQuery(query, limits).settings(form));
        }
    }

    private static String first(Map<String, List<String>> query, String name) {
        return query.containsKey(name) ? query.get(name).get(0) : null;
    }

    @Test
    void someHeadersAndQueries_areReadOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::headersAndQueries_areReadOrRefused);
    }
}
