// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.benchmark.TaskStream.OneSet;
import dev.perennial.task.Teaching;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The service, taught one task a step. For one thread. */
final class TaskPupil implements StreamPupil {
    private final StreamService service;
    private final List<OneSet> sets;
    private final Map<Integer, List<StreamService.Answered>> answersByTask = new HashMap<>();
    private final Map<Integer, List<StreamService.Answered>> firstByTask = new HashMap<>();
    private int learnt;
    private double furthest;

    TaskPupil(StreamService service, TaskStream stream) {
        this.service = service;
        this.sets = stream.sets();
        sets.forEach(each -> service.define(each.task("")));
    }

    @Override
    public void learn(int step) {
        answersByTask.clear();
        service.teach(sets.get(step).id(), sets.get(step).train());
        learnt = step + 1;
    }

    @Override
    public double accuracy(int task, int known) {
        List<Teaching> questions = sets.get(task).test();
        List<StreamService.Answered> answers = answersByTask.computeIfAbsent(
                task, any -> service.answers(sets.get(task).id(), questions));
        if (task < learnt) {
            compare(answers, firstByTask.computeIfAbsent(task, any -> answers));
        }
        double right = 0;
        for (int i = 0; i < questions.size(); i++) {
            right += ClassStream.label(questions.get(i)).equals(answers.get(i).label()) ? 1 : 0;
        }
        return right / questions.size();
    }

    private void compare(List<StreamService.Answered> now, List<StreamService.Answered> first) {
        for (int i = 0; i < now.size(); i++) {
            furthest = Math.max(furthest, now.get(i).furthest(first.get(i)));
        }
    }

    /** By how much any probability was ever another one than just after its task was learnt. */
    double furthest() {
        return furthest;
    }
}
