// SPDX-License-Identifier: Apache-2.0
package dev.perennial.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.document.Document;
import dev.perennial.document.DocumentIndex;
import dev.perennial.document.DocumentIndex.Hit;
import dev.perennial.document.DocumentIndex.Mode;
import dev.perennial.document.Draft;
import dev.perennial.document.EncodedPassages;
import dev.perennial.document.SourceId;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.RevisionId;
import dev.perennial.text.Text;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The index of documents in Lucene's files. */
final class LuceneDocumentIndexTest {
    private static final SourceId NEWS = new SourceId("news");
    private static final SourceId BOOKS = new SourceId("books");
    /** Letters that no compression of Latin words touches, so that it stands in the files as it is. */
    private static final String RARE = "жщъзюфцхшэ";

    @TempDir
    private Path directory;

    private final EncoderPool pool = new EncoderPool(1, 1_000_000);
    private final FakeEncoder encoder = new FakeEncoder(EncoderInfo.Reading.STATIC, "static");
    private final Encoders encoders = new Encoders(pool, List.of(encoder));
    private LuceneDocumentIndex index;
    private int documents;

    @BeforeEach
    void open() {
        index = new LuceneDocumentIndex(directory.resolve("index"), new EncodedPassages(encoders));
        index.open();
    }

    @AfterEach
    void close() {
        index.close();
        pool.close();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void addedDocument_isFoundByTheNextSearch(Mode mode) {
        assertThat(index.search(query("melting glaciers", mode))).isEmpty();
        Document glaciers = document(NEWS, "Glaciers in Norway are melting faster.");
        put(1, glaciers, document(NEWS, "A new bridge over the Rhine opens."));

        assertThat(index.search(query("melting glaciers", mode)).get(0).documentId())
                .isEqualTo(glaciers.id());
        Document more = document(NEWS, "melting glaciers");
        put(2, more);
        assertThat(index.search(query("melting glaciers", mode)).get(0).documentId())
                .isEqualTo(more.id());
        assertThat(index.revision()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void sources_narrowTheSearch(Mode mode) {
        Document news = document(NEWS, "melting glaciers");
        Document book = document(BOOKS, "a story of glaciers");
        put(1, news, book);

        assertThat(index.search(new DocumentIndex.Query("glaciers", Set.of(BOOKS), mode, 5)))
                .extracting(Hit::documentId)
                .containsExactly(book.id());
        assertThat(index.search(new DocumentIndex.Query("glaciers", Set.of(NEWS, BOOKS), mode, 5)))
                .hasSize(2);
        assertThat(index.search(new DocumentIndex.Query("glaciers", Set.of(new SourceId("none")), mode, 5)))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void longDocument_isFoundOnceByItsBestPart(Mode mode) {
        String filler = "The weather was fine and nothing happened. ".repeat(60);
        String text = filler + "Glaciers are melting in Norway. " + filler + "Glaciers are melting. " + filler;
        Document book = document(BOOKS, text);
        put(1, book, document(BOOKS, filler), document(BOOKS, "glaciers"));

        List<Hit> hits = index.search(query("melting glaciers in Norway", mode));

        assertThat(hits).extracting(Hit::documentId).doesNotHaveDuplicates().contains(book.id());
        Hit hit = hits.stream()
                .filter(found -> found.documentId().equals(book.id()))
                .findFirst()
                .orElseThrow();
        assertThat(text.substring(hit.start(), hit.end())).contains("melting in Norway");
        assertThat(index.search(new DocumentIndex.Query("glaciers", Set.of(), mode, 3)))
                .hasSize(mode == Mode.TEXT ? 2 : 3);
    }

    @Test
    void words_areFoundWhateverTheirCaseAndAccents() {
        Document document = document(NEWS, "Überraschung im CAFÉ: 東京 gewinnt");
        put(1, document);

        for (String query : List.of("uberraschung", "café", "Cafe", "東京", "GEWINNT")) {
            assertThat(index.search(query(query, Mode.TEXT)))
                    .as(query)
                    .extracting(Hit::documentId)
                    .containsExactly(document.id());
        }
    }

    @Test
    void title_isSearchedToo() {
        Document titled = new Document(
                "doc_0000000000000099",
                NEWS,
                new Draft(new Text("It rained."), "Glaciers", "", "", Optional.empty()),
                new RevisionId(1),
                Instant.EPOCH,
                List.of());
        put(1, titled);

        assertThat(index.search(query("glaciers", Mode.TEXT))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "source:books OR *:*",
                "*",
                "melting~2 AND -glaciers \"",
                "id:doc_0000000000000001",
                "((((",
                "🙂 … ?!",
                "\\",
                "a\nb"
            })
    void queries_areNeverReadAsCommands(String hostile) {
        put(1, document(BOOKS, "nothing of that sort"));

        assertThat(index.search(query(hostile, Mode.TEXT))).isEmpty();
        assertThat(index.search(query(hostile, Mode.HYBRID))).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void endlessQueries_areAnswered() {
        put(1, document(BOOKS, "word1 is here"));
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            words.append("word").append(i).append(' ');
        }

        assertThat(index.search(query(words.toString(), Mode.TEXT))).hasSize(1);
        assertThat(index.search(query("x".repeat(100_000), Mode.TEXT))).isEmpty();
    }

    @Test
    void scores_sayWhatTheyAreOf() {
        put(1, document(NEWS, "melting glaciers"), document(NEWS, "quite another thing"));

        Hit text = index.search(query("melting glaciers", Mode.TEXT)).get(0);
        assertThat(text.score()).isPositive().isEqualTo(text.textScore().orElseThrow());
        assertThat(text.vectorScore()).isEmpty();
        Hit vector = index.search(query("melting glaciers", Mode.VECTOR)).get(0);
        assertThat(vector.vectorScore().orElseThrow()).isCloseTo(1, within(1e-5));
        assertThat(vector.textScore()).isEmpty();
        List<Hit> both = index.search(query("melting glaciers", Mode.HYBRID));
        assertThat(both.get(0).score()).isCloseTo(2.0 / 61, within(1e-9));
        assertThat(both.get(0).textScore()).isPresent();
        assertThat(both.get(0).vectorScore()).isPresent();
        assertThat(both.get(1).score()).isCloseTo(1.0 / 62, within(1e-9));
        assertThat(both.get(1).textScore()).isEmpty();
    }

    @Test
    void reopenedIndex_holdsTheSame() {
        Document kept = document(NEWS, "melting glaciers");
        put(7, kept);
        index.add(List.of(document(NEWS, "never committed")));
        index.close();
        assertThat(index.revision()).isEqualTo(DocumentIndex.NONE);
        assertThatThrownBy(() -> index.search(query("glaciers", Mode.TEXT))).isInstanceOf(Refusal.NotReady.class);

        open();

        assertThat(index.revision()).isEqualTo(7);
        assertThat(index.documents()).containsExactly(kept.id());
        assertThat(index.search(query("glaciers", Mode.TEXT))).hasSize(1);
    }

    @Test
    void anotherEncoder_makesTheIndexEmpty() {
        put(7, document(NEWS, "melting glaciers"));
        assertThat(index.serves()).isTrue();

        encoders.add(new FakeEncoder(EncoderInfo.Reading.STATIC, "another-static"));

        assertThat(index.serves()).isFalse();
        assertThatThrownBy(() -> index.search(query("glaciers", Mode.VECTOR))).isInstanceOf(Refusal.NotReady.class);
        assertThatThrownBy(() -> index.add(List.of(document(NEWS, "x")))).isInstanceOf(Refusal.StoreUnavailable.class);
        index.open();
        assertThat(index.serves()).isTrue();
        assertThat(index.revision()).isEqualTo(DocumentIndex.NONE);
        assertThat(index.documents()).isEmpty();
    }

    @Test
    void damagedIndex_isOpenedEmpty() throws IOException {
        for (int i = 0; i < 12; i++) {
            put(i, document(NEWS, "melting glaciers " + i));
        }
        index.close();
        Path intact = copy(directory.resolve("index"), directory.resolve("intact"));
        for (Path file : files(intact)) {
            for (boolean cut : List.of(true, false)) {
                delete(directory.resolve("index"));
                copy(intact, directory.resolve("index"));
                damage(directory.resolve("index").resolve(file.getFileName()), cut);

                index.open();

                boolean lock = file.endsWith("write.lock");
                assertThat(index.revision()).as("%s %s", file, cut).isEqualTo(lock ? 11 : DocumentIndex.NONE);
                assertThat(index.documents()).as("%s %s", file, cut).hasSize(lock ? 12 : 0);
                put(20, document(NEWS, "another"));
                assertThat(index.search(query("another", Mode.TEXT))).hasSize(1);
                index.close();
            }
        }
    }

    @Test
    void removedDocument_isInNoFile() {
        Document secret = document(NEWS, "The secret word is " + RARE + ". " + "And so on. ".repeat(400));
        float[] vector = new EncodedPassages(encoders)
                .read(List.of("And so on."))
                .vectors()
                .get(0);
        Document spoken = document(NEWS, "And so on.");
        List<Document> others = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            others.add(document(BOOKS, "Another text number " + i));
        }
        put(1, secret, spoken, document(BOOKS, "kept beside them"));
        put(2, others.toArray(Document[]::new));
        assertThat(contain(utf8(RARE), utf8(secret.id()), bytes(vector))).containsExactly(true, true, true);

        index.remove(List.of(secret.id(), spoken.id(), "doc_9999999999999999"));
        index.commit(3);

        assertThat(contain(utf8(RARE), utf8(secret.id()), bytes(vector))).containsExactly(false, false, false);
        assertThat(index.search(query(RARE, Mode.TEXT))).isEmpty();
        assertThat(index.documents()).hasSize(101);
    }

    @Test
    void removedSource_isInNoFile() {
        for (int i = 0; i < 15; i++) {
            put(i, document(NEWS, RARE + " " + i), document(BOOKS, "kept " + i));
        }
        assertThat(contain(utf8(RARE), utf8("news"))).containsExactly(true, true);

        index.remove(NEWS);
        index.commit(20);

        assertThat(contain(utf8(RARE), utf8("news"))).containsExactly(false, false);
        assertThat(index.documents()).hasSize(15);
        assertThat(index.search(query("kept", Mode.VECTOR))).hasSize(10);
    }

    @Test
    void removal_leavesNoFileBehindWhileOthersSearch() throws Exception {
        List<Document> all = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            Document document = document(NEWS, RARE + "і".repeat(i + 1) + " glaciers");
            all.add(document);
            put(i, document);
        }
        AtomicBoolean stop = new AtomicBoolean();
        List<CompletableFuture<Void>> searches = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            searches.add(CompletableFuture.runAsync(() -> {
                while (!stop.get()) {
                    assertThat(index.search(query("glaciers", Mode.HYBRID))).isNotEmpty();
                }
            }));
        }
        try {
            for (int i = 0; i < 20; i++) {
                index.remove(List.of(all.get(i).id()));
                index.commit(100 + i);
                assertThat(contain(utf8(all.get(i).id()))).containsExactly(false);
            }
        } finally {
            stop.set(true);
        }
        for (CompletableFuture<Void> search : searches) {
            search.get();
        }
    }

    @Test
    void vectors_findTheNearestOfMany() {
        long seed = Long.getLong("perennial.seed", 1);
        Random random = new Random(seed);
        List<Document> all = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            all.add(document(NEWS, words(random)));
        }
        put(1, all.subList(0, 1_000).toArray(Document[]::new));
        put(2, all.subList(1_000, 2_000).toArray(Document[]::new));
        EncodedPassages vectors = new EncodedPassages(encoders);
        List<float[]> known = vectors.read(
                        all.stream().map(one -> one.draft().text().value()).toList())
                .vectors();
        int found = 0;
        for (int i = 0; i < 100; i++) {
            String asked = words(random);
            float[] vector = vectors.read(List.of(asked)).vectors().get(0);
            double best =
                    known.stream().mapToDouble(one -> dot(one, vector)).max().orElseThrow();
            Hit hit = index.search(query(asked, Mode.VECTOR)).get(0);
            found += Math.abs(hit.score() - best) < 1e-5 ? 1 : 0;
        }

        assertThat(found).as("seed %d", seed).isGreaterThanOrEqualTo(95);
    }

    private static String words(Random random) {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            words.append((char) ('a' + random.nextInt(26)))
                    .append((char) ('a' + random.nextInt(26)))
                    .append(random.nextInt(30))
                    .append(' ');
        }
        return words.toString();
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private Document document(SourceId source, String text) {
        return new Document(
                String.format("doc_%016d", ++documents),
                source,
                Draft.of(text),
                new RevisionId(1),
                Instant.EPOCH,
                List.of());
    }

    private void put(long revision, Document... added) {
        index.add(List.of(added));
        index.commit(revision);
    }

    private static DocumentIndex.Query query(String text, Mode mode) {
        return new DocumentIndex.Query(text, Set.of(), mode, 10);
    }

    /** Whether any file of the index holds these bytes. */
    private List<Boolean> contain(byte[]... wanted) {
        List<String> contents = files(directory.resolve("index")).stream()
                .map(LuceneDocumentIndexTest::read)
                .toList();
        return Stream.of(wanted)
                .map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1))
                .map(one -> contents.stream().anyMatch(content -> content.contains(one)))
                .toList();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(float[] vector) {
        ByteBuffer buffer = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(vector);
        return buffer.array();
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> found = Files.list(folder)) {
            return found.sorted().toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (Path file : files(from)) {
            Files.copy(file, to.resolve(file.getFileName()));
        }
        return to;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            for (Path file : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void damage(Path file, boolean cut) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length == 0) {
            return;
        }
        if (cut) {
            Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        } else {
            bytes[bytes.length / 2] ^= 0x55;
            Files.write(file, bytes);
        }
    }
}
