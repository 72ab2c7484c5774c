// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.ensemble.Known;
import dev.perennial.ensemble.Recollection;
import dev.perennial.ensemble.Targets;
import dev.perennial.math.FixedPoint;
import dev.perennial.member.FeatureMap;
import dev.perennial.member.Features;
import dev.perennial.member.View;
import dev.perennial.task.ContentKey;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Label;
import dev.perennial.task.Task;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A lesson as rows of a regression, in an order that does not depend on that of teaching: first the examples that tell
 * how strangers are answered, which are recent and which no member was adapted to, then the others. Immutable.
 *
 * @param lesson where they come from
 * @param labels names of the outputs, in order; empty for regression
 * @param outputs number of outputs
 * @param taught the examples; of those with equal content, the first
 * @param evidence how many of them tell how strangers are answered; these come first
 * @param all one row for each of them, in order, then one for each label's description
 */
record LessonRows(Lesson lesson, List<String> labels, int outputs, List<Known> taught, int evidence, List<Row> all) {

    /** To be increased whenever the code makes another fit of the same rows. */
    private static final int CODE = 8;

    /** An example, how many there are of its content, what they weigh together, and whether one of them is recent. */
    private record Counted(Known known, int count, double weight, boolean recent) {

        static Counted of(Known known, double share) {
            double said = FixedPoint.roundWeight(known.example().teaching().weight());
            boolean recent = share == 1;
            return new Counted(known, 1, recent ? said : FixedPoint.roundWeight(share * said), recent);
        }

        static Counted sum(Counted a, Counted b) {
            boolean first = a.known.example().id().compareTo(b.known.example().id()) < 0;
            return new Counted(first ? a.known : b.known, a.count + b.count, a.weight + b.weight, a.recent || b.recent);
        }

        Counted weighing(double other) {
            return new Counted(known, count, other, recent);
        }

        /** Rows of equal keys are equal, so that what they weigh belongs to the key. */
        String key() {
            String content = known.example().key().hex();
            boolean isAsSaid = weight
                    == count * FixedPoint.roundWeight(known.example().teaching().weight());
            return content + (count == 1 ? "" : " " + count) + (isAsSaid ? "" : " of " + weight);
        }

        /** Whether it tells how strangers are answered from now on. */
        boolean isEvidence(Set<String> learntFrom) {
            return recent
                    && (learntFrom.isEmpty()
                            || !learntFrom.contains(
                                    ContentKey.of(known.example().teaching().input())
                                            .hex()));
        }
    }

    /** @param descriptionWeight how much a label's description counts against an example */
    static LessonRows of(Lesson lesson, double descriptionWeight) {
        List<String> labels = labels(lesson);
        Targets targets = new Targets(lesson.task(), labels);
        List<Counted> counted = evidenceFirst(distinct(lesson), lesson.learntFrom());
        List<Row> rows = new ArrayList<>();
        rows.addAll(
                counted.parallelStream().map(each -> row(lesson, targets, each)).toList());
        rows.addAll(descriptionRows(lesson, targets, labels, descriptionWeight));
        return new LessonRows(
                lesson,
                labels,
                targets.size(),
                counted.stream().map(Counted::known).toList(),
                (int) counted.stream()
                        .filter(each -> each.isEvidence(lesson.learntFrom()))
                        .count(),
                rows);
    }

    private static List<Counted> evidenceFirst(List<Counted> all, Set<String> learntFrom) {
        Map<Boolean, List<Counted>> byEvidence =
                all.stream().collect(Collectors.partitioningBy(each -> each.isEvidence(learntFrom)));
        return Stream.of(true, false)
                .flatMap(evidence -> Objects.requireNonNull(byEvidence.get(evidence)).stream())
                .toList();
    }

    /** The rows of examples. */
    List<Row> examples() {
        return all.subList(0, taught.size());
    }

    /** The first examples that tell how strangers are answered, at most so many. */
    HeldOut heldOut(int most) {
        return new HeldOut(lesson.task().kind(), all.subList(0, Math.min(evidence, most)));
    }

    /** The same rows, before which come some of those that tell how strangers are answered: the ones taught last. */
    LessonRows latestFirst(int latest) {
        Set<String> chosen = Recency.latestFirst(taught.subList(0, evidence)).stream()
                .limit(latest)
                .collect(Collectors.toSet());
        Map<Boolean, List<Integer>> byChoice = IntStream.range(0, taught.size())
                .boxed()
                .collect(Collectors.partitioningBy(
                        i -> chosen.contains(taught.get(i).example().id())));
        List<Known> examples = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        for (boolean isChosen : List.of(true, false)) {
            for (int i : Objects.requireNonNull(byChoice.get(isChosen))) {
                examples.add(taught.get(i));
                rows.add(all.get(i));
            }
        }
        rows.addAll(all.subList(taught.size(), all.size()));
        return new LessonRows(lesson, labels, outputs, examples, evidence, rows);
    }

    /** The examples as the ensemble recalls them. */
    List<Recollection.Trace> traces() {
        Targets targets = new Targets(lesson.task(), labels);
        List<Recollection.Trace> traces = new ArrayList<>();
        for (int i = 0; i < taught.size(); i++) {
            Row row = all.get(i);
            double[] target = targets.of(taught.get(i).example().teaching().answer());
            traces.add(new Recollection.Trace(taught.get(i), row.features(), target, row.prior(), row.weight()));
        }
        return traces;
    }

    /** What, beside its example, decides a row. */
    private List<Object> rowBasis() {
        return List.of(
                digests(View.firsts(lesson.members().size())),
                lesson.featureMap(),
                lesson.task().scoreRange());
    }

    /** What, beside its example, decides a row as a view of the members sees it. */
    Object rowBasis(View view) {
        FeatureMap map = lesson.featureMap();
        return List.of(
                view,
                digests(view),
                map.spreads().subList(view.first(), view.end()),
                map.input(),
                digests(map.closest()),
                map.spreads().subList(map.closest().first(), map.closest().end()),
                lesson.task().scoreRange());
    }

    private List<String> digests(View view) {
        return lesson.members().subList(view.first(), view.end()).stream()
                .map(member -> member.info().digest())
                .toList();
    }

    /** SHA-256 in hex of everything that decides a fit by the given settings. */
    String basis(FitSettings settings) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            List<Object> terms = new ArrayList<>(rowBasis());
            terms.add(
                    lesson.members().stream().map(member -> member.info().id()).toList());
            terms.addAll(List.of(
                    CODE,
                    evidence,
                    settings,
                    lesson.task().kind(),
                    lesson.task().input(),
                    labels));
            add(terms, digest);
            add(all.stream().map(Row::key).toList(), digest);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /** Adds lengths as well, so that nothing can end where something else begins. */
    private static void add(Object term, MessageDigest digest) {
        if (term instanceof List<?> list) {
            digest.update(length(list.size()));
            list.forEach(each -> add(each, digest));
        } else {
            byte[] bytes = term.toString().getBytes(StandardCharsets.UTF_8);
            digest.update(length(bytes.length));
            digest.update(bytes);
        }
    }

    private static byte[] length(int length) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(length).array();
    }

    /**
     * The contents, in the order of content keys; keys are hashes, so a prefix is a fair sample. Those that count
     * nothing because their sources have taught more than they may are not among them.
     */
    private static List<Counted> distinct(Lesson lesson) {
        Map<String, Double> shares = lesson.recency().shares(lesson.known());
        TreeMap<String, Counted> countedByKey = new TreeMap<>();
        Optional<SourceCap> cap = SourceCap.of(lesson.task().policy());
        for (Known known : lesson.known()) {
            Counted counted =
                    Counted.of(known, shares.getOrDefault(known.example().id(), 1.0));
            countedByKey.merge(known.example().key().hex(), counted, Counted::sum);
            cap.ifPresent(each -> each.add(known, counted.weight()));
        }
        return cap.map(SourceCap::weights)
                .map(weights -> countedByKey.entrySet().stream()
                        .map(each -> each.getValue().weighing(Objects.requireNonNull(weights.get(each.getKey()))))
                        .filter(counted -> counted.weight() > 0)
                        .toList())
                .orElseGet(() -> List.copyOf(countedByKey.values()));
    }

    private static List<String> labels(Lesson lesson) {
        TreeSet<String> labels = new TreeSet<>();
        if (lesson.task().kind() != Kind.REGRESSION) {
            lesson.task().labels().forEach(label -> labels.add(label.name()));
            for (Known known : lesson.known()) {
                known.example().teaching().answer().addLabelsTo(labels);
            }
        }
        return List.copyOf(labels);
    }

    private static Row row(Lesson lesson, Targets targets, Counted counted) {
        Known known = counted.known();
        double[] target = targets.of(known.example().teaching().answer());
        double prior = lesson.task().kind() == Kind.REGRESSION ? prior(lesson, known) : 0;
        for (int c = 0; c < target.length; c++) {
            target[c] = FixedPoint.round(target[c] - prior);
        }
        Features features = lesson.featureMap().features(known.encoded());
        return new Row(counted.key(), features, target, counted.weight(), prior, true);
    }

    private static double prior(Lesson lesson, Known known) {
        return lesson.task().input() == InputKind.PAIR
                ? lesson.featureMap().closeness(known.encoded())
                : Recollection.MIDDLE;
    }

    /** A label's description stands in for examples until there are some. */
    private static List<Row> descriptionRows(
            Lesson lesson, Targets targets, List<String> labels, double descriptionWeight) {
        List<Row> rows = new ArrayList<>();
        for (String label : labels) {
            if (lesson.descriptions().containsKey(label)) {
                double[] target = new double[targets.size()];
                target[targets.indexOf(label)] = 1;
                Features features =
                        lesson.featureMap().features(lesson.descriptions().get(label));
                String key = "label " + label + "\n" + describe(lesson.task(), label);
                rows.add(new Row(key, features, target, descriptionWeight, 0, false));
            }
        }
        rows.sort(Comparator.comparing(Row::key));
        return rows;
    }

    /** The text that stands for a label: its name in words, and its description when it has one. */
    static String describe(Task task, String label) {
        String words = label.replace('_', ' ').replace('-', ' ').strip();
        return task.labels().stream()
                .filter(defined -> defined.name().equals(label))
                .map(Label::description)
                .filter(description -> !description.isBlank())
                .findFirst()
                .map(description -> words + ": " + description)
                .orElse(words);
    }
}
