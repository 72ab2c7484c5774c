// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictions;
import dev.perennial.ensemble.TextRouter;
import dev.perennial.task.TaskId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Has each input of a request answered by the task that it is about. Thread-safe. */
final class TextAnswers {
    private final Asking asking;

    TextAnswers(Asking asking) {
        this.asking = asking;
    }

    /** The inputs that one task answers, by their positions in the request. */
    private record Share(Ensemble ensemble, List<Integer> positions) {}

    /** What is asked of whom. */
    record Question(
            PredictionRequest request,
            Collection<Ensemble> among,
            @Nullable String minRevision) {}

    /** Answers each input, all of one kind, as a request to its task alone would. */
    TextRoutesView answer(Serving serving, Question question) {
        PredictionRequest request = question.request();
        List<TextRouter.Route> routes = serving.textRouter().route(request.inputs(), question.among());
        List<Share> shares = shares(routes);
        List<PredictionRequest> requests =
                shares.stream().map(share -> part(request, share)).toList();
        List<Predictions> answers = new ArrayList<>();
        for (int s = 0; s < shares.size(); s++) {
            Asking.Asked asked =
                    new Asking.Asked(requests.get(s), question.minRevision(), serving.predictor()::predict);
            answers.addAll(asking.answers(serving, List.of(shares.get(s).ensemble()), asked));
        }
        TextRoutesView.Routed[] views =
                routes.stream().map(TextRoutesView.Routed::ofNone).toArray(TextRoutesView.Routed[]::new);
        for (int s = 0; s < shares.size(); s++) {
            Share share = shares.get(s);
            Optional<TaskId> task = Optional.of(share.ensemble().task().id());
            List<PredictionView> told = asking.views(serving, task, requests.get(s), answers.get(s));
            String revision = answers.get(s).revision().toString();
            for (int at = 0; at < told.size(); at++) {
                int i = share.positions().get(at);
                views[i] = TextRoutesView.Routed.of(routes.get(i), revision, told.get(at));
            }
        }
        return new TextRoutesView(List.of(views));
    }

    private static List<Share> shares(List<TextRouter.Route> routes) {
        Map<TaskId, Share> byTask = new LinkedHashMap<>();
        for (int i = 0; i < routes.size(); i++) {
            int position = i;
            routes.get(i)
                    .ensemble()
                    .ifPresent(ensemble -> byTask.computeIfAbsent(
                                    ensemble.task().id(), any -> new Share(ensemble, new ArrayList<>()))
                            .positions()
                            .add(position));
        }
        return List.copyOf(byTask.values());
    }

    private static PredictionRequest part(PredictionRequest request, Share share) {
        return new PredictionRequest(
                share.positions().stream().map(request.inputs()::get).toList(),
                request.topK(),
                request.mode(),
                request.explain());
    }
}
