// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where a training is after a step, so that another process goes on with it to the same bits: numbers, and no text.
 *
 * @param key of the training ({@link WorkKey})
 * @param planned how many steps were to be made
 * @param longest how long the training may take in all
 * @param spent what it has taken
 * @param losses of the steps that were made
 * @param standing what the looks have told
 * @param best numbers of the encoder after the best step; none before the first look
 * @param state of the training ({@link Training#state})
 */
record Milestone(
        String key,
        int planned,
        Duration longest,
        Spent spent,
        List<Double> losses,
        WatchedTraining.Standing standing,
        List<StoredTensor> best,
        List<StoredTensor> state) {
    /** Of a file; a training with more to write down begins anew. */
    static final long MOST_BYTES = 256L << 20;

    private static final Duration MOST = Duration.ofDays(365);
    private static final String KIND = "checkpoint 1";
    private static final String BEST = "#best";
    private static final String LOSSES = "losses.";
    private static final int LOSSES_A_LINE = 12;
    private static final Pattern SPACE = Pattern.compile(" ");

    /**
     * What a training has taken so far, in all processes.
     *
     * @param time in which it ran
     * @param cpuSeconds processor time
     * @param peakBytes most memory
     */
    record Spent(Duration time, double cpuSeconds, long peakBytes) {
        static final Spent NOTHING = new Spent(Duration.ZERO, 0, 0);
    }

    /** Of a training that has just settled a step. */
    static Milestone of(String key, Spent spent, List<Double> losses, Running running) {
        return new Milestone(
                key,
                running.order().plan().steps(),
                running.order().bounds().longest(),
                spent,
                losses,
                running.watched().standing(),
                best(running),
                running.training().state());
    }

    private static List<StoredTensor> best(Running running) {
        List<StoredTensor> best = new ArrayList<>();
        List<float[]> numbers = running.watched().best();
        for (int i = 0; i < numbers.size(); i++) {
            Parameter parameter = running.training().tuned().get(i);
            best.add(new StoredTensor(parameter.name() + BEST, parameter.shape(), Optional.empty(), numbers.get(i))
                    .at(parameter.mask()));
        }
        return best;
    }

    /** A training, who watches it, and what was asked for. */
    record Running(Training training, WatchedTraining watched, WorkOrder.Train order) {}

    int steps() {
        return losses.size();
    }

    private List<StoredTensor> tensors() {
        return Stream.concat(state.stream(), best.stream()).toList();
    }

    /** How many bytes a file of it takes, roughly. */
    private long bytes() {
        return Float.BYTES
                * tensors().stream()
                        .mapToLong(tensor -> tensor.values().length
                                + tensor.positions().map(all -> all.length).orElse(0))
                        .sum();
    }

    /**
     * Writes it, whole or not at all.
     *
     * @return whether it was written: neither when it is too large, nor when the disk does not take it
     */
    boolean write(Path file) {
        if (bytes() > MOST_BYTES) {
            return false;
        }
        try {
            new TensorFile(header(), tensors()).write(file);
            return true;
        } catch (IOException full) {
            return false;
        }
    }

    private Map<String, String> header() {
        Map<String, String> header = new TreeMap<>();
        header.put("kind", KIND);
        header.put("key", key);
        header.put("planned", Integer.toString(planned));
        header.put("longest", Long.toString(longest.toMillis()));
        header.put("time", Long.toString(spent.time().toMillis()));
        header.put("cpu", Double.toString(spent.cpuSeconds()));
        header.put("peak", Long.toString(spent.peakBytes()));
        header.put("best", Integer.toString(standing.bestStep()));
        header.put("loss", Double.toString(standing.bestLoss()));
        header.put("since", Integer.toString(standing.sinceBest()));
        for (int from = 0; from < losses.size(); from += LOSSES_A_LINE) {
            List<Double> line = losses.subList(from, Math.min(losses.size(), from + LOSSES_A_LINE));
            header.put(
                    LOSSES + from / LOSSES_A_LINE,
                    line.stream().map(String::valueOf).collect(Collectors.joining(" ")));
        }
        return header;
    }

    /**
     * The one in a file; empty where there is none, or it is damaged, another release's or another training's.
     *
     * @param key of the training that is to go on
     */
    static Optional<Milestone> find(Path file, String key) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            TensorFile content = TensorFile.read(file, MOST_BYTES + MOST_BYTES / 2);
            boolean same = KIND.equals(content.header().get("kind"))
                    && key.equals(content.header().get("key"));
            return same ? Optional.of(of(content)).filter(Milestone::isSound) : Optional.empty();
        } catch (IOException | IllegalArgumentException | Refusal.Invalid unusable) {
            return Optional.empty();
        }
    }

    private static Milestone of(TensorFile content) {
        Map<String, String> header = content.header();
        Map<Boolean, List<StoredTensor>> tensors = content.tensors().stream()
                .collect(Collectors.partitioningBy(tensor -> tensor.name().endsWith(BEST)));
        List<Double> losses = new ArrayList<>();
        for (int line = 0; header.containsKey(LOSSES + line); line++) {
            SPACE.splitAsStream(text(header, LOSSES + line))
                    .map(Double::valueOf)
                    .forEach(losses::add);
        }
        return new Milestone(
                text(header, "key"),
                Integer.parseInt(text(header, "planned")),
                Duration.ofMillis(Long.parseLong(text(header, "longest"))),
                new Spent(
                        Duration.ofMillis(Long.parseLong(text(header, "time"))),
                        Double.parseDouble(text(header, "cpu")),
                        Long.parseLong(text(header, "peak"))),
                losses,
                new WatchedTraining.Standing(
                        Integer.parseInt(text(header, "best")),
                        Double.parseDouble(text(header, "loss")),
                        Integer.parseInt(text(header, "since"))),
                tensors.getOrDefault(true, List.of()),
                tensors.getOrDefault(false, List.of()));
    }

    /** What is missing is no number. */
    private static String text(Map<String, String> header, String key) {
        return header.getOrDefault(key, "");
    }

    /** Whether its numbers can be those of a training, whatever wrote them. */
    private boolean isSound() {
        boolean counts = planned >= 1
                && steps() >= 1
                && steps() <= planned
                && standing.bestStep() >= 0
                && standing.bestStep() <= steps()
                && standing.sinceBest() >= 0;
        boolean looked = best.isEmpty() == (standing.bestStep() == 0) && !Double.isNaN(standing.bestLoss());
        boolean costs = isDuration(longest)
                && isDuration(spent.time())
                && spent.cpuSeconds() >= 0
                && Double.isFinite(spent.cpuSeconds())
                && spent.peakBytes() >= 0;
        return counts && looked && costs && losses.stream().allMatch(Double::isFinite);
    }

    private static boolean isDuration(Duration some) {
        return !some.isNegative() && some.compareTo(MOST) <= 0;
    }

    /**
     * Has a training that was just opened go on from here.
     *
     * @throws Refusal.Invalid when it is another one; then nothing has changed
     */
    void putInto(Running running) {
        List<float[]> numbers = new ArrayList<>();
        for (Parameter parameter :
                best.isEmpty() ? List.<Parameter>of() : running.training().tuned()) {
            float[] values = parameter.copy();
            best.stream()
                    .filter(tensor -> tensor.name().equals(parameter.name() + BEST))
                    .filter(tensor -> tensor.isOf(parameter))
                    .findFirst()
                    .orElseThrow(Milestone::foreign)
                    .putInto(values);
            numbers.add(values);
        }
        running.training().goOnFrom(steps(), state);
        running.watched().goOnFrom(standing, numbers);
    }

    private static Refusal.Invalid foreign() {
        return new Refusal.Invalid("/state", "The state belongs to another training.");
    }

    /** The order as it goes on: the steps that were planned, and no more time than is left of either bound. */
    WorkOrder.Train goingOn(WorkOrder.Train order) {
        Duration asked = order.bounds().longest().plus(spent.time());
        return order.with(planned, asked.compareTo(longest) < 0 ? asked : longest);
    }
}
