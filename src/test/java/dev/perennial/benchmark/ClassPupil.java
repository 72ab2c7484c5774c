// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.ensemble.LabelProbability;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The service, taught the new labels of each step in one request. For one thread. */
final class ClassPupil implements StreamPupil {
    private final StreamService service;
    private final TaskId task;
    private final ClassStream stream;
    private final List<Set<String>> known;
    private final Map<Integer, List<StreamService.Answered>> answersByTask = new HashMap<>();

    ClassPupil(StreamService service, TaskId task, ClassStream stream) {
        this.service = service;
        this.task = task;
        this.stream = stream;
        this.known = stream.known();
    }

    @Override
    public void learn(int step) {
        answersByTask.clear();
        service.teach(task, stream.train().get(step));
    }

    @Override
    public double accuracy(int asked, int upTo) {
        List<Teaching> questions = stream.test().get(asked);
        List<StreamService.Answered> answers =
                answersByTask.computeIfAbsent(asked, any -> service.answers(task, questions));
        double right = 0;
        for (int i = 0; i < questions.size(); i++) {
            right += ClassStream.label(questions.get(i)).equals(best(answers.get(i), known.get(upTo))) ? 1 : 0;
        }
        return right / questions.size();
    }

    private static String best(StreamService.Answered answered, Set<String> among) {
        return answered.labels().stream()
                .map(LabelProbability::label)
                .filter(among::contains)
                .findFirst()
                .orElse("");
    }
}
