// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.blas.OpenBlas;
import dev.perennial.kge.EpochReport;
import dev.perennial.kge.GraphModel;
import dev.perennial.kge.GraphTraining;
import dev.perennial.kge.LinkEvaluation;
import dev.perennial.kge.LinkMetrics;
import dev.perennial.kge.TrainingListener;
import dev.perennial.kge.TrainingSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;

/**
 * How well and how fast graph vectors are learnt. Arguments: a folder with train, dev and test triples, then settings
 * as {@code name=value}: those of {@link TrainingSettings}, {@code threads}, {@code every} (epochs from one evaluation
 * on dev to the next) and {@code state} (a file that a training which was cut off goes on from, written at each
 * evaluation), {@code stop} (the epoch after which to stop before the end), {@code plain} (steps of
 * {@link PlainGraphTraining} to compare the speed with, of COMPLEX alone). Processor time is that of the process for
 * the training alone, evaluations left out.
 */
public final class KgeBenchmark implements TrainingListener {
    private final Report report = new Report();
    private final TripleFolder folder;
    private final LinkEvaluation evaluation;
    private final GraphTraining training;
    private final Map<String, String> options;
    private double processor;
    private double wall;
    private double processorBefore;
    private double wallBefore;
    private int epochs;

    private KgeBenchmark(TripleFolder folder, GraphTraining training, OpenBlas algebra, Map<String, String> options) {
        this.folder = folder;
        this.training = training;
        this.options = options;
        this.evaluation = LinkEvaluation.of(algebra, folder.all());
    }

    /** Trains and evaluates. */
    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = new LinkedHashMap<>();
        Arrays.stream(arguments).skip(1).map(option -> option.split("=", 2)).forEach(o -> options.put(o[0], o[1]));
        OpenBlas algebra = new OpenBlas(0);
        TripleFolder folder = TripleFolder.read(Path.of(arguments[0]));
        GraphTraining training = training(folder, algebra, options);
        KgeBenchmark benchmark = new KgeBenchmark(folder, training, algebra, options);
        ForkJoinPool pool = new ForkJoinPool(Integer.parseInt(options.getOrDefault("threads", "1")));
        pool.submit(() -> benchmark.run()).get();
        System.exit(0);
    }

    private static GraphTraining training(TripleFolder folder, OpenBlas algebra, Map<String, String> options)
            throws IOException {
        Path state = Path.of(options.getOrDefault("state", ""));
        if (options.containsKey("state") && Files.exists(state)) {
            try (InputStream in = Files.newInputStream(state)) {
                return GraphTraining.resume(in, folder.train(), algebra);
            }
        }
        return GraphTraining.begin(settings(options), folder.train(), algebra);
    }

    private static TrainingSettings settings(Map<String, String> options) {
        GraphModel model = GraphModel.valueOf(options.getOrDefault("model", "COMPLEX"));
        TrainingSettings base = TrainingSettings.of(model);
        return new TrainingSettings(
                model,
                whole(options, "rank", base.rank()),
                whole(options, "epochs", base.epochs()),
                whole(options, "batch", base.batch()),
                whole(options, "negatives", base.negatives()),
                real(options, "learningRate", base.learningRate()),
                real(options, "initialScale", base.initialScale()),
                real(options, "regularization", base.regularization()),
                real(options, "relationWeight", base.relationWeight()),
                real(options, "margin", base.margin()),
                real(options, "temperature", base.temperature()),
                whole(options, "seed", (int) base.seed()));
    }

    private static int whole(Map<String, String> options, String name, int otherwise) {
        return Integer.parseInt(options.getOrDefault(name, Integer.toString(otherwise)));
    }

    private static float real(Map<String, String> options, String name, float otherwise) {
        return Float.parseFloat(options.getOrDefault(name, Float.toString(otherwise)));
    }

    private void run() {
        report.say(
                "%d entities, %d relations, %d triples to learn from; %s%n",
                folder.train().entities(),
                folder.train().relations(),
                folder.train().size(),
                options);
        begin();
        training.run(this);
        say("test", evaluation.evaluate(training.vectors(), folder.test()));
        double rate = epochs * folder.train().size() / processor;
        report.say("%.0f triples a processor second, load average %.1f%n", rate, Machine.load());
        if (options.containsKey("plain")) {
            double plain = plainRate(whole(options, "plain", 0));
            report.say("%.1f triples a processor second in plain loops: %.1f times%n", plain, rate / plain);
        }
    }

    /** Every answer is one direction of a triple. */
    private double plainRate(int steps) {
        PlainGraphTraining plain = new PlainGraphTraining(folder.train(), settings(options));
        plain.step();
        double began = seconds();
        int answers = 0;
        for (int i = 0; i < steps; i++) {
            answers += plain.step();
        }
        return answers / 2.0 / (seconds() - began);
    }

    private void begin() {
        processorBefore = seconds();
        wallBefore = System.nanoTime() / 1e9;
    }

    private void pause() {
        processor += seconds() - processorBefore;
        wall += System.nanoTime() / 1e9 - wallBefore;
    }

    @Override
    public boolean goesOn() {
        return training.epochs() < whole(options, "stop", Integer.MAX_VALUE);
    }

    @Override
    public void epochEnded(EpochReport epoch) {
        pause();
        epochs++;
        report.say(
                "epoch %d of %d: loss %.4f, %.0f s, %.0f processor s%n",
                epoch.epoch(), epoch.epochs(), epoch.loss(), wall, processor);
        int every = whole(options, "every", 5);
        if (epoch.epoch() % every == 0 || epoch.epoch() == epoch.epochs()) {
            say("dev", evaluation.evaluate(training.vectors(), folder.dev()));
            write();
        }
        begin();
    }

    private void write() {
        if (options.containsKey("state")) {
            Path state = Path.of(options.get("state"));
            Path part = Path.of(state + ".part");
            try (OutputStream out = Files.newOutputStream(part)) {
                training.writeTo(out);
                Files.move(part, state, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    private void say(String split, LinkMetrics metrics) {
        report.say(
                "%s: MRR %.4f, hits at 1, 3, 10: %.4f %.4f %.4f%n",
                split, metrics.meanReciprocalRank(), metrics.hitsAt1(), metrics.hitsAt3(), metrics.hitsAt10());
    }

    private static double seconds() {
        try {
            return ProcessUse.of(ProcessHandle.current().pid()).seconds();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
