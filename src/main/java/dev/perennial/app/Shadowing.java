// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.SortableIds;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Predictor;
import dev.perennial.evaluate.Evaluations;
import dev.perennial.evaluate.GateBound;
import dev.perennial.evaluate.Gatekeeper;
import dev.perennial.evaluate.RevisionGate;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.learn.Teacher;
import dev.perennial.shadow.Apprentices;
import dev.perennial.shadow.Apprenticeship.Bar;
import dev.perennial.shadow.PromotionGate;
import dev.perennial.shadow.Rounds;
import dev.perennial.shadow.Shadows;
import dev.perennial.store.Database;
import dev.perennial.store.SqlApprenticeshipStore;
import dev.perennial.store.SqlShadowStore;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskSettings;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What candidates beside what serves, and tasks that answer silently, are made of. Thread-safe. */
final class Shadowing {
    static final Duration BETWEEN_ROUNDS = Duration.ofSeconds(2);

    private static final String SHADOW_ID = "sh_";

    private final AtomicReference<@Nullable Rounds> rounds = new AtomicReference<>();

    private final Keeping keeping;
    private final ServiceMetrics metrics;
    private final LiveGraphs graphs;
    private final Refreshing refreshing;

    /** Where things are kept, and what names and dates them. */
    record Keeping(Database database, InstantSource clock, SortableIds ids) {}

    Shadowing(Keeping keeping, ServiceMetrics metrics, LiveGraphs graphs, Refreshing refreshing) {
        this.keeping = keeping;
        this.metrics = metrics;
        this.graphs = graphs;
        this.refreshing = refreshing;
    }

    /** Something may have been erased of a task. */
    void erased(TaskId task) {
        Rounds going = rounds.get();
        if (going != null) {
            going.erased(task);
        }
    }

    /** A task is gone, of which answers may be on their way. */
    void gone(TaskId task, RevisionId last) {
        Rounds going = rounds.get();
        if (going != null) {
            going.apprentices().gone(task, last);
        }
    }

    /** A whole task is stored, which may answer silently. */
    void arrived(TaskId task, TaskSettings settings, Instant at) {
        Rounds going = rounds.get();
        if (going != null) {
            Optional<Bar> bar =
                    settings.apprentice().map(wanted -> new Bar(wanted.accuracy(), wanted.answers(), wanted.gate()));
            going.apprentices().arrived(task, bar, at);
        }
    }

    Rounds rounds(ActiveEnsembles active, Teacher teacher, Evaluations evaluations, Encoders encoders) {
        EncoderPool readers = encoders.pool().beside(1);
        Predictor beside = new Predictor(active, new Encoders(readers, List.of()));
        // Drift and the cascade are watched of what serves alone.
        Predictor canary = new Predictor(active, encoders, graphs, metrics, refreshing.readings(), Optional.empty());
        Shadows shadows = new Shadows(
                new Shadows.Ports(
                        new SqlShadowStore(keeping.database(), keeping.clock()),
                        active,
                        teacher.revisions(),
                        gate(evaluations.gatekeeper(), new RevisionGate(evaluations.gatekeeper(), teacher, active)),
                        keeping.clock(),
                        () -> keeping.ids().next(SHADOW_ID)),
                new Shadows.Answering(canary::predict, beside::predict, metrics, new SecureRandom().nextLong()));
        Apprentices apprentices = new Apprentices(new Apprentices.Ports(
                new SqlApprenticeshipStore(keeping.database(), keeping.clock()),
                evaluations.accuracies(),
                evaluations.suites(),
                active,
                keeping.clock()));
        Rounds made = new Rounds(shadows, apprentices, readers);
        rounds.set(made);
        return made;
    }

    private static PromotionGate gate(Gatekeeper gatekeeper, RevisionGate judging) {
        return new PromotionGate() {
            @Override
            public boolean isAsked(TaskId task) {
                return gatekeeper.isAsked(task);
            }

            @Override
            public double accuracyLoss(TaskId task) {
                return gatekeeper.bounds().bounds(task).of(GateBound.ACCURACY);
            }

            @Override
            public Optional<String> objection(TaskId task, RevisionId candidate, Runnable promotion) {
                return judging
                        .promote("shadow", task, candidate, () -> {
                            promotion.run();
                            return true;
                        })
                        .report()
                        .verdict()
                        .objections()
                        .stream()
                        .findFirst();
            }
        };
    }
}
