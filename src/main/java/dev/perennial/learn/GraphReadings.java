// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.knowledge.LinkingEncoder;
import dev.perennial.knowledge.LiveGraph;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What the knowledge graphs that serve read of a task. Stateless; the caller holds the task's lock. */
final class GraphReadings {
    private static final System.Logger LOG = System.getLogger(GraphReadings.class.getName());

    /** By which the vectors of a graph's entities are dealt out anew for comparison. */
    private static final long DEAL = 1;

    private final LiveGraphs graphs;
    private final ExampleVectors exampleVectors;
    private final LabelDescriptions labelDescriptions;

    GraphReadings(LiveGraphs graphs, ExampleVectors exampleVectors, LabelDescriptions labelDescriptions) {
        this.graphs = graphs;
        this.exampleVectors = exampleVectors;
        this.labelDescriptions = labelDescriptions;
    }

    /** What every graph, as it is now, has read of a task's examples and labels. */
    List<GraphReading> of(Task task, Classroom classroom) {
        List<GraphReading> readings = new ArrayList<>();
        for (LiveGraph live : graphs.all()) {
            LinkingEncoder graph = live.snapshot();
            try {
                readings.add(reading(task, classroom, graph));
            } catch (RuntimeException failure) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "Task {0} is learnt without {1}, which cannot read its examples: {2}",
                        task.id(),
                        graph.info().id(),
                        failure.getClass().getName());
            }
        }
        classroom.retainGraphs(readings.stream().map(GraphReading::id).collect(Collectors.toSet()));
        return readings;
    }

    private GraphReading reading(Task task, Classroom classroom, LinkingEncoder graph) {
        return new GraphReading(
                graph,
                exampleVectors.ofGraph(classroom, graph),
                labelDescriptions.ofGraph(task, classroom, graph),
                () -> reading(task, sameExamples(classroom), graph.shuffled(DEAL)));
    }

    /** A classroom of the same examples, for what graphs read of them that are not those that serve, or not now. */
    static Classroom sameExamples(Classroom classroom) {
        Classroom same = new Classroom();
        classroom.examples().forEach(same::add);
        return same;
    }
}
