// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.learn.School;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.RevisionId;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CascadeAuditTest {
    private static final Input INPUT = Input.of(new Text("hello"));

    private final School school = School.open(School.SMALL);
    private final BlockingQueue<Boolean> outcomes = new LinkedBlockingQueue<>();
    private final List<PredictionRequest> asked = new ArrayList<>();

    @BeforeEach
    void define() {
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT, "a", "b"));
    }

    @AfterEach
    void close() {
        school.close();
    }

    private CascadeAudit audit(double share) {
        return new CascadeAudit(share, 4, this::saysA, (task, agreed) -> outcomes.add(agreed));
    }

    private Predictions saysA(Ensemble ensemble, PredictionRequest request) {
        asked.add(request);
        return new Predictions(new RevisionId(1), List.of(saying("a")));
    }

    private static Prediction saying(String label) {
        return new Prediction(
                Optional.of(label),
                OptionalDouble.of(0.9),
                List.of(),
                List.of(),
                false,
                OptionalDouble.empty(),
                "table",
                List.of("table"),
                false,
                Optional.empty(),
                Odds.NONE);
    }

    @Test
    void audit_comparesWithWhatTheFullEnsembleSays() throws InterruptedException {
        try (CascadeAudit audit = audit(1)) {
            audit.stopped(school.ensemble(), INPUT, saying("a"));
            assertThat(outcomes.poll(10, TimeUnit.SECONDS)).isTrue();
            audit.stopped(school.ensemble(), INPUT, saying("b"));
            assertThat(outcomes.poll(10, TimeUnit.SECONDS)).isFalse();
        }
        assertThat(asked)
                .hasSize(2)
                .allSatisfy(request -> assertThat(request.mode()).isEqualTo(Mode.FULL));
    }

    @Test
    void onlyTheShare_isAudited() throws InterruptedException {
        int audited = 0;
        try (CascadeAudit audit = audit(0.25)) {
            for (int i = 0; i < 400; i++) {
                audit.stopped(school.ensemble(), INPUT, saying("a"));
                audited += outcomes.poll(5, TimeUnit.MILLISECONDS) == null ? 0 : 1;
            }
        }
        assertThat(audited).isBetween(40, 140);
        try (CascadeAudit audit = audit(0)) {
            audit.stopped(school.ensemble(), INPUT, saying("a"));
        }
        assertThat(outcomes.poll(20, TimeUnit.MILLISECONDS)).isNull();
    }
}
