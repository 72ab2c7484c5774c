// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.encode.EmbeddingCache;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.EncodingObserver;
import dev.perennial.learn.FitSettings;
import dev.perennial.learn.ReferenceSentences;
import dev.perennial.learn.School;
import dev.perennial.learn.Spreads;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Label;
import dev.perennial.task.MemoryDerivedCache;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.text.Text;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class InstructionRouterTest {
    private static final List<Label> CARD_OR_WEATHER =
            List.of(new Label("card", "my card is lost"), new Label("weather", "sun or rain today"));

    private final School school = School.open(FitSettings.DEFAULT);
    private final Spreads spreads = new Spreads(ReferenceSentences.read(), new MemoryDerivedCache());
    private final InstructionRouter router = new InstructionRouter(
            school.active(), school.encoders(), vectors(school.encoders()), school.teacher()::zeroShot);

    @BeforeEach
    void define() {
        define("topic", InputKind.TEXT, "Which topic does the message ask about?");
        define("mood", InputKind.TEXT, "How does the writer feel?");
        define("silent", InputKind.TEXT, "");
        define("same", InputKind.PAIR, "Do both sentences mean the same?");
    }

    @AfterEach
    void close() {
        school.close();
    }

    @Test
    void theSameWords_reachTheirTask() {
        InstructionRouter.Routed routed =
                router.predict("Which topic does the message ask about?", List.of(), request("my card is lost"));
        assertThat(routed.task()).contains(new TaskId("topic"));
        assertThat(routed.match()).isCloseTo(1, within(1e-9));
        assertThat(routed.predictions().predictions().get(0).label()).contains("card");
    }

    @Test
    void similarWords_reachTheClosestTask() {
        assertThat(router.predict("Which topic does this message ask about?", List.of(), request("rain"))
                        .task())
                .contains(new TaskId("topic"));
        assertThat(router.predict("How does this writer feel?", List.of(), request("rain"))
                        .task())
                .contains(new TaskId("mood"));
    }

    @Test
    void otherWords_areAnsweredOverTheLabelsOfTheRequest() {
        List<Label> labels = List.of(new Label("animal", "dog or cat"), new Label("plant", "tree or flower"));
        InstructionRouter.Routed routed = router.predict("zzz qqq", labels, request("a flower and a tree"));
        assertThat(routed.task()).isEmpty();
        assertThat(routed.match()).isLessThan(0.6);
        assertThat(routed.predictions().predictions().get(0).label()).contains("plant");
        assertThat(school.store().tasks()).hasSize(4);
    }

    @Test
    void otherWordsWithoutLabels_areRefused() {
        assertThatThrownBy(() -> router.predict("zzz qqq", List.of(), request("rain")))
                .isInstanceOf(Refusal.Invalid.class);
    }

    @Test
    void tasksAboutOtherInputs_areNotMeant() {
        assertThatThrownBy(() -> router.predict("Do both sentences mean the same?", List.of(), request("rain")))
                .isInstanceOf(Refusal.Invalid.class);
    }

    @Test
    void instructionsOfAllTasks_areEmbeddedTogether() {
        for (int i = 0; i < 30; i++) {
            define("other-" + i, InputKind.TEXT, "instruction number " + i);
        }
        AtomicInteger runs = new AtomicInteger();
        EncodingObserver observer = new EncodingObserver() {
            @Override
            public void looked(int found, int missing) {}

            @Override
            public void running(int passages, long waitedNanos) {
                runs.incrementAndGet();
            }
        };
        try (EncoderPool pool = new EncoderPool(1, 1_000_000, new EmbeddingCache(0), observer)) {
            Encoders encoders = new Encoders(pool, school.encoders().ready());
            InstructionRouter counting =
                    new InstructionRouter(school.active(), encoders, vectors(encoders), school.teacher()::zeroShot);
            counting.predict("How does the writer feel?", List.of(), request("rain"));

            // Two encoders, each with 32 instructions in a few runs, and one input.
            assertThat(runs.get()).isBetween(2 * 2, 2 * 5);
        }
    }

    private InstructionVectors vectors(Encoders encoders) {
        return new InstructionVectors(encoders, members -> spreads.featureMap(InputKind.TEXT, members));
    }

    private void define(String id, InputKind input, String instruction) {
        school.teacher()
                .define(new Task(
                        new TaskId(id),
                        Kind.CLASSIFICATION,
                        input,
                        instruction,
                        CARD_OR_WEATHER,
                        Optional.empty(),
                        Policy.DEFAULT));
    }

    private static PredictionRequest request(String text) {
        return new PredictionRequest(List.of(Input.of(new Text(text))), 1, Mode.FULL, false);
    }
}
