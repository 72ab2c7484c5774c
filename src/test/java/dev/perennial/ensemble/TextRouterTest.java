// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.learn.FitSettings;
import dev.perennial.learn.ReferenceSentences;
import dev.perennial.learn.School;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Label;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingOutcome;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TextRouterTest {
    private static final List<String> CARDS = List.of(
            "my bank card is lost",
            "where is my new bank card",
            "the bank card was stolen",
            "my bank card does not work",
            "block my bank card please",
            "when does my bank card arrive");
    private static final List<String> SKIES = List.of(
            "will it rain tomorrow morning",
            "is there rain and wind tomorrow",
            "how warm is it tomorrow morning",
            "will the sun shine tomorrow",
            "how much rain fell this morning",
            "is it going to snow tomorrow");

    private final School school = School.open(FitSettings.DEFAULT);
    private final TextRouter router = new TextRouter(school.encoders(), ReferenceSentences.read());

    @AfterEach
    void close() {
        school.close();
    }

    @Test
    void aText_reachesTheTaskThatWasTaughtSuch() {
        List<String> unused = taught("cards", CARDS);
        unused = taught("weather", SKIES);

        TextRouter.Route card = route("my new bank card is lost");
        TextRouter.Route rain = route("will there be rain tomorrow");

        assertThat(task(card)).contains("cards");
        assertThat(task(rain)).contains("weather");
        assertThat(card.first().task().value()).isEqualTo("cards");
        assertThat(card.second().orElseThrow().task().value()).isEqualTo("weather");
        assertThat(card.first().probability() + card.second().orElseThrow().probability() + card.none())
                .isCloseTo(1, within(1e-12));
        assertThat(card.first().probability()).isGreaterThan(card.none());
    }

    @Test
    void aTextLikeNothingTaught_isOfNone() {
        List<String> unused = taught("cards", CARDS);
        unused = taught("weather", SKIES);

        TextRouter.Route strange = route("zebras quietly juggle purple violins");

        assertThat(task(strange)).isEmpty();
        assertThat(strange.none()).isGreaterThan(strange.first().probability());
    }

    @Test
    void whatATaskIsTaught_changesNothingOfWhatAnotherOneClaims() {
        List<String> unused = taught("cards", CARDS);
        TextRouter.Route alone = route("my bank card is gone");
        unused = taught("weather", SKIES);
        TextRouter.Route beside = route("my bank card is gone");

        assertThat(alone.second()).isEmpty();
        assertThat(beside.first().probability() / beside.none())
                .isCloseTo(alone.first().probability() / alone.none(), within(1e-9));
    }

    @Test
    void whatIsForgotten_isResembledNoMore() {
        List<String> ids = taught("cards", CARDS);
        List<String> unused = taught("weather", SKIES);
        double before = route("block my bank card please").none();

        school.teacher().forget(new TaskId("cards"), ids.get(4));

        List<String> kept = new ArrayList<>(CARDS);
        kept.remove(4);
        double after = route("block my bank card please").none();
        assertThat(after).isGreaterThan(before);
        unused = taught("never-taught-it", kept);
        TextRouter.Route both = route("block my bank card please");
        assertThat(both.first().probability())
                .as("as if it had never been taught")
                .isCloseTo(both.second().orElseThrow().probability(), within(1e-9));
    }

    @Test
    void onlyTasksAboutSuchInputs_areMeant() {
        define("same", InputKind.PAIR);
        define("silent", InputKind.TEXT);
        List<String> unused = taught("once", CARDS.subList(0, 1));

        assertThatThrownBy(() -> route("my bank card is lost")).isInstanceOf(Refusal.Invalid.class);
    }

    @Test
    void onlyTasksThatAreNamed_areMeant() {
        List<String> unused = taught("cards", CARDS);
        unused = taught("weather", SKIES);
        List<Ensemble> among = List.of(school.active().of(new TaskId("weather")));

        TextRouter.Route route =
                router.route(List.of(input("my bank card is lost")), among).get(0);

        assertThat(route.first().task().value()).isEqualTo("weather");
        assertThat(route.second()).isEmpty();
    }

    @Test
    void tasksOfManyExamples_areComparedWithSomeOfEachLabel() {
        List<Teaching> many = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            many.add(School.teaching("bank card number " + i, "a"));
        }
        SKIES.forEach(text -> many.add(School.teaching(text, "b")));
        define("much", InputKind.TEXT);
        List<String> unused = teach("much", many);

        assertThat(task(route("will there be rain and wind tomorrow morning"))).contains("much");
    }

    @Test
    void aTextThatWasTaught_reachesItsTask_thoughItIsNotCompared() {
        List<Teaching> many = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            many.add(School.teaching("bank card number " + i, "a"));
        }
        many.add(School.teaching("zebras quietly juggle purple violins", "a"));
        define("much", InputKind.TEXT);
        List<String> unused = teach("much", many);
        unused = taught("weather", SKIES);

        assertThat(task(route("zebras quietly juggle purple violins"))).contains("much");
        assertThat(task(route("purple zebras quietly juggle violins"))).isEmpty();
    }

    @Test
    void examplesThatAreUnlikeOneAnother_claimNothingForBeingUnlikeThem() {
        List<String> unused = taught("odd", List.of("my bank card is lost", "zebras quietly juggle purple violins"));

        double near = route("my bank card is lost now").first().probability();
        double far = route("committees adopted forty resolutions").first().probability();

        assertThat(near).isGreaterThan(far);
        assertThat(far).isLessThan(0.5);
    }

    @Test
    void moreThanCanBeComparedInTime_isRefused() {
        List<String> unused = taught("cards", CARDS);
        unused = taught("weather", SKIES);
        List<Input> inputs = Collections.nCopies(TextRouter.MOST_ROUTES / 2 + 1, input("a bank card"));

        assertThatThrownBy(() -> router.route(inputs, school.active().all()))
                .isInstanceOf(Refusal.TooLarge.class)
                .hasMessageContaining("text_routes");
    }

    private List<String> taught(String id, List<String> texts) {
        define(id, InputKind.TEXT);
        List<Teaching> teachings = new ArrayList<>();
        for (String text : texts) {
            teachings.add(School.teaching(text, teachings.size() % 2 == 0 ? "a" : "b"));
        }
        return teach(id, teachings);
    }

    private List<String> teach(String id, List<Teaching> teachings) {
        Idempotency.Reply none = new Idempotency.Reply(200, "");
        return school.teacher().teach(new TaskId(id), teachings, Optional.empty(), outcome -> none).rows().stream()
                .map(TeachingOutcome.Row::exampleId)
                .toList();
    }

    private void define(String id, InputKind input) {
        List<Label> labels = List.of(new Label("a", ""), new Label("b", ""));
        school.teacher()
                .define(new Task(
                        new TaskId(id), Kind.CLASSIFICATION, input, "", labels, Optional.empty(), Policy.DEFAULT));
    }

    private TextRouter.Route route(String text) {
        return router.route(List.of(input(text)), school.active().all()).get(0);
    }

    private static Input input(String text) {
        return Input.of(new Text(text));
    }

    private static Optional<String> task(TextRouter.Route route) {
        return route.ensemble().map(ensemble -> ensemble.task().id().value());
    }
}
