// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictions;
import dev.perennial.ensemble.Predictor;
import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Input;
import dev.perennial.task.TaskId;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Answers requests whose inputs come line by line. Thread-safe. */
@Singleton
public final class PredictionStreams {
    private static final Logger LOG = Logger.getLogger(PredictionStreams.class);

    private final ServingGate gate;
    private final Limits limits;
    private final Asking asking;
    private final Json json;
    private final Admission admission;

    public PredictionStreams(ServingGate gate, Limits limits, Asking asking, Json json) {
        this.gate = gate;
        this.limits = limits;
        this.asking = asking;
        this.json = json;
        this.admission = new Admission(gate, "streams of inputs", limits.concurrentPredictionStreams());
    }

    /**
     * What is asked of each line.
     *
     * @param question all but the inputs
     * @param origin of the request
     */
    record Asked(TaskId task, PredictBody question, Problems.Origin origin) {}

    /**
     * The reply that is written while the request is read. What is wrong with the question itself is refused before.
     */
    Response answer(Asked asked, HttpHeaders headers, InputStream body) {
        admission.admit(() -> {
            asking.awaitRevision(
                    gate.serving(), Optional.of(asked.task()), asked.question().minRevision());
            return asked;
        });
        gate.serving().active().of(asked.task());
        asking.request(asked.question(), List.of());
        StreamingOutput lines = reply -> admission.admit(() -> {
            stream(asked, Bodies.stream(headers, body), reply);
            return asked;
        });
        return Response.ok(lines).type(TeachingRequests.NDJSON).build();
    }

    private void stream(Asked asked, InputStream request, OutputStream reply) {
        try {
            new PredictionStream(new Lines(asked), json).answer(request, reply);
        } catch (IOException left) {
            // Nobody is there to be told.
            LOG.debugf(
                    "A client left in the middle of its stream, trace_id %s",
                    asked.origin().traceId());
        }
    }

    /** The inputs of one request, and their answers by what serves at the time. */
    private final class Lines implements PredictionStream.Source {
        private final Asked asked;
        private final Optional<TaskId> task;

        private Lines(Asked asked) {
            this.asked = asked;
            this.task = Optional.of(asked.task());
        }

        @Override
        public Input input(byte[] line) {
            Input input = new Inputs(limits).read(body(line), "");
            Optional<Fault> fault =
                    Predictor.kindFault(gate.serving().active().of(asked.task()).task(), input, "");
            if (fault.isPresent()) {
                throw new Refusal.Invalid(List.of(fault.get()));
            }
            return input;
        }

        private InputBody body(byte[] line) {
            try {
                return json.read(line, InputBody.class);
            } catch (Refusal.Unparsable notJson) {
                throw new Refusal.Unparsable(
                        "The line is not one JSON value in UTF-8: a text, or an object with text and, for pairs, text_pair.");
            }
        }

        @Override
        public Predictions predictions(List<Input> inputs) {
            return asking.awaitTurn(() -> {
                Serving serving = gate.serving();
                Asking.Asked lines =
                        new Asking.Asked(request(inputs), asked.question().minRevision(), serving.predictor()::predict);
                return asking.answers(serving, List.of(serving.active().of(asked.task())), lines)
                        .get(0);
            });
        }

        @Override
        public List<PredictionView> views(List<Input> inputs, Predictions predictions) {
            return asking.views(gate.serving(), task, request(inputs), predictions);
        }

        @Override
        public Problem problem(RuntimeException failure) {
            if (failure instanceof Refusal.Saturated
                    || failure instanceof Refusal.NotReady
                    || Problems.isUnexpected(failure)) {
                asking.failed(task);
            }
            return Problems.of(ProblemReplies.logged(failure, asked.origin()), asked.origin());
        }

        private PredictionRequest request(List<Input> inputs) {
            return asking.request(asked.question(), inputs);
        }
    }
}
