// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.adapt.MergeKind;
import dev.perennial.learn.AdaptationStrategy;
import dev.perennial.learn.AdaptationTrial;
import dev.perennial.refresh.AdaptationRun.Tried;
import dev.perennial.refresh.AdapterShelf.Kept;
import dev.perennial.refusal.Refusal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tries ways to adapt, notes what came of each, and chooses one of those that pass. Confined to one thread. */
final class AdaptationChoice {
    private final AdaptationRun run;
    private final List<String> reports = new ArrayList<>();

    AdaptationChoice(AdaptationRun run) {
        this.run = run;
    }

    /** What came of each way, as JSON objects. */
    List<String> reports() {
        return List.copyOf(reports);
    }

    /** Tries one strategy after another until one is no better than the one before it that passed. */
    Optional<Tried> own(List<AdaptationStrategy> strategies) {
        Optional<Tried> best = Optional.empty();
        for (AdaptationStrategy strategy : strategies) {
            Optional<Tried> tried =
                    tried(new Way.Own(strategy), new AdaptationRun.Tries(strategies.size(), strategies.size()));
            double least = best.map(Tried::gain).orElse(0.0);
            Optional<Tried> better = tried.filter(Tried::passes).filter(one -> one.gain() > least);
            if (better.isPresent()) {
                best = better;
            } else if (best.isPresent() && tried.isPresent()) {
                return best;
            }
        }
        return best;
    }

    /**
     * Tries to answer by the adapter of the group as it is, by one that goes on from it and by one that begins anew. Of
     * those that pass, the first is chosen that is not significantly worse than the best.
     */
    Optional<Tried> withGroup(Kept old, AdaptationStrategy strategy, MergeKind merge) {
        List<Way> ways =
                List.of(new Way.Reuse(old, strategy), new Way.Share(old, strategy, merge), new Way.Own(strategy));
        AdaptationRun.Tries tries = new AdaptationRun.Tries(ways.size(), ways.size() - 1);
        List<Tried> passing = new ArrayList<>();
        for (Way way : ways) {
            tried(way, tries).filter(Tried::passes).ifPresent(passing::add);
        }
        return passing.stream()
                .max(Comparator.comparing(Tried::gain))
                .flatMap(best ->
                        passing.stream().filter(one -> !isWorse(one, best)).findFirst());
    }

    /** By what both have answered: tasks are taught while one way after another is tried. */
    private static boolean isWorse(Tried one, Tried best) {
        Map<List<String>, Double> before = changes(best);
        Map<List<String>, Double> after = changes(one);
        List<List<String>> both =
                before.keySet().stream().filter(after::containsKey).toList();
        return PairedLosses.riseSignificantly(
                both.stream().mapToDouble(before::get).toArray(),
                both.stream().mapToDouble(after::get).toArray());
    }

    /**
     * By how much losses change, by task and input: not the losses, which fall for all ways when the task is taught
     * more.
     */
    private static Map<List<String>, Double> changes(Tried tried) {
        Map<List<String>, Double> changes = new LinkedHashMap<>();
        for (AdaptationTrial trial : tried.verdict().trials()) {
            for (int i = 0; i < trial.examples(); i++) {
                List<String> key =
                        List.of(trial.task().value(), trial.after().get(i).input());
                changes.merge(key, trial.adapted().losses()[i] - trial.frozen().losses()[i], Double::sum);
            }
        }
        return changes;
    }

    /** Where several ways are tried, one that is refused does not keep the others from being tried. */
    private Optional<Tried> tried(Way way, AdaptationRun.Tries tries) {
        if (!run.mayGoOn()) {
            return Optional.empty();
        }
        try {
            Tried tried = run.tried(way, tries);
            reports.add(tried.report());
            return Optional.of(tried);
        } catch (Refusal.Conflict | Refusal.Invalid refused) {
            if (tries.ways() == 1) {
                throw refused;
            }
            reports.add(new JsonText()
                    .put("way", way.key())
                    .put("strategy", way.strategy().key())
                    .put("reason", String.valueOf(refused.getMessage()))
                    .toString());
            return Optional.empty();
        }
    }
}
