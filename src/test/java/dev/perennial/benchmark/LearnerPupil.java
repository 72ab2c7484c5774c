// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** A compared method on a stream. For one thread. */
final class LearnerPupil implements StreamPupil {
    /**
     * A stream as the compared methods see it.
     *
     * @param train rows to learn, by task
     * @param test questions, by task
     * @param choices given a task and the last step whose labels have come, the labels to answer it over
     */
    record Stream(List<List<StreamRow>> train, List<List<StreamRow>> test, ChoicesAt choices) {
        int steps() {
            return train.size();
        }

        /** The same with every tenth row to learn asked instead of the questions. */
        Stream toTune() {
            List<List<StreamRow>> learnt = new ArrayList<>();
            List<List<StreamRow>> asked = new ArrayList<>();
            for (List<StreamRow> rows : train) {
                List<StreamRow> nine = new ArrayList<>();
                List<StreamRow> tenth = new ArrayList<>();
                for (int i = 0; i < rows.size(); i++) {
                    (i % 10 == 0 ? tenth : nine).add(rows.get(i));
                }
                learnt.add(nine);
                asked.add(tenth);
            }
            return new Stream(learnt, asked, choices);
        }
    }

    /** Over which labels a task is answered. */
    interface ChoicesAt {
        Choices of(int task, int known);
    }

    private final StreamLearner learner;
    private final Stream stream;

    LearnerPupil(StreamLearner learner, Stream stream) {
        this.learner = learner;
        this.stream = stream;
    }

    @Override
    public void learn(int step) {
        learner.learn(stream.train().get(step), choicesAt(step));
    }

    /** Learns all steps at once. */
    void learnAll() {
        List<StreamRow> all = new ArrayList<>();
        stream.train().forEach(all::addAll);
        learner.learn(all, choicesAt(stream.steps() - 1));
    }

    private IntFunction<Choices> choicesAt(int step) {
        return task -> stream.choices().of(task, step);
    }

    @Override
    public double accuracy(int task, int known) {
        List<StreamRow> questions = stream.test().get(task);
        int[] answers = learner.answers(questions, stream.choices().of(task, known));
        double right = 0;
        for (int i = 0; i < answers.length; i++) {
            right += answers[i] == questions.get(i).label() ? 1 : 0;
        }
        return right / answers.length;
    }
}
