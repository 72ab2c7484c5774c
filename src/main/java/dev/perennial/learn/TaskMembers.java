// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.task.ContentKey;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The encoders that answer a task: all that are ready, an adapted one in the place of the one that it was made of. A
 * task to which none was adapted is answered by the ones that everybody has. Safe for concurrent use.
 */
public final class TaskMembers {
    private final Encoders encoders;
    private final AdaptationShelf shelf;
    private final Set<Prospect> prospects = ConcurrentHashMap.newKeySet();
    private volatile List<Adaptation> adaptations = List.of();

    /**
     * Who would answer tasks if something came to serve.
     *
     * @param tasks that would be answered by others than now
     * @param members of a task
     * @param learntFrom keys of the inputs that these members of a task were adapted to
     */
    record Cast(
            Set<TaskId> tasks,
            Function<TaskId, List<Encoder>> members,
            BiFunction<TaskId, List<Encoder>, Set<String>> learntFrom) {}

    public TaskMembers(Encoders encoders, AdaptationShelf shelf) {
        this.encoders = encoders;
        this.shelf = shelf;
    }

    Encoders encoders() {
        return encoders;
    }

    /** The encoder of an id and a digest, if it serves. */
    public Optional<Encoder> base(String id, String digest) {
        return encoders.find(id).filter(encoder -> encoder.info().digest().equals(digest));
    }

    /** Has an adaptation answer its tasks as it did before the start; called before they are learnt. */
    public void restore(Adaptation kept) {
        Set<TaskId> unused = add(kept);
    }

    /** The members of a task, cheapest first. */
    List<Encoder> of(TaskId task) {
        return of(task, encoders.ready(), adaptations);
    }

    private static List<Encoder> of(TaskId task, List<Encoder> ready, List<Adaptation> all) {
        List<Adaptation> adapted = of(task, all);
        return ready.stream().map(member -> replaced(member, adapted)).toList();
    }

    /** Who answers tasks now. */
    Cast cast() {
        return cast(Set.of(), encoders.ready(), adaptations);
    }

    /** Who would with an encoder in the place of the one of its id, or beside the others. */
    Cast with(Encoder encoder, Set<TaskId> tasks) {
        return cast(tasks, encoders.with(encoder), adaptations);
    }

    /** Who would with an adaptation. */
    synchronized Cast with(Adaptation fresh) {
        return cast(concerned(fresh), encoders.ready(), next(fresh));
    }

    private static Cast cast(Set<TaskId> tasks, List<Encoder> ready, List<Adaptation> all) {
        return new Cast(
                Set.copyOf(tasks), task -> of(task, ready, all), (task, members) -> learntFrom(task, members, all));
    }

    /** Whether all that read texts for an ensemble still answer its task. */
    boolean make(Ensemble ensemble) {
        Set<String> present = of(ensemble.task().id()).stream()
                .flatMap(member -> Stream.concat(Stream.of(member), member.rounded().stream()))
                .map(member -> member.info().digest())
                .collect(Collectors.toSet());
        return ensemble.members().stream()
                .map(Encoder::info)
                .allMatch(info -> info.reading() == EncoderInfo.Reading.KNOWLEDGE || present.contains(info.digest()));
    }

    /** In which numbers they may multiply. */
    PrecisionChoice choice(Task task) {
        return PrecisionChoice.of(task, of(task.id()));
    }

    private static Encoder replaced(Encoder member, List<Adaptation> adapted) {
        return adapted.stream()
                .filter(adaptation -> adaptation.replaces(member))
                .map(Adaptation::encoder)
                .findFirst()
                .orElse(member);
    }

    private static List<Adaptation> of(TaskId task, List<Adaptation> adaptations) {
        return adaptations.stream()
                .filter(adaptation -> adaptation.tasks().contains(task))
                .toList();
    }

    /** Keys of the inputs that these members of a task were adapted to. */
    Set<String> learntFrom(TaskId task, List<Encoder> members) {
        return learntFrom(task, members, adaptations);
    }

    private static Set<String> learntFrom(TaskId task, List<Encoder> members, List<Adaptation> all) {
        Set<String> digests =
                members.stream().map(member -> member.info().digest()).collect(Collectors.toSet());
        return of(task, all).stream()
                .filter(adaptation ->
                        digests.contains(adaptation.encoder().info().digest()))
                .flatMap(adaptation -> adaptation.learntFrom().stream())
                .collect(Collectors.toSet());
    }

    public Optional<Adaptation> find(String id) {
        return adaptations.stream()
                .filter(adaptation -> adaptation.id().equals(id))
                .findFirst();
    }

    /**
     * Ends, for good, whatever learnt from some inputs of a task.
     *
     * @return the tasks whose members are other ones now
     */
    synchronized Set<TaskId> unlearn(TaskId task, Set<ContentKey> inputs) {
        if (inputs.isEmpty()) {
            return Set.of();
        }
        prospects.forEach(prospect -> inputs.forEach(input -> prospect.erased(task, input)));
        shelf.adaptedTo(task, Optional.of(inputs)).forEach(shelf::remove);
        return end(adaptation -> adaptation.tasks().contains(task)
                && inputs.stream().anyMatch(input -> adaptation.learntFrom().contains(input.hex())));
    }

    /** The same for whatever was adapted to a task, among others. */
    synchronized Set<TaskId> unlearn(TaskId task) {
        prospects.forEach(prospect -> prospect.removed(task));
        shelf.adaptedTo(task, Optional.empty()).forEach(shelf::remove);
        return end(adaptation -> adaptation.tasks().contains(task));
    }

    /** The same for the adaptation of an id, if there is one. */
    synchronized Set<TaskId> end(String id) {
        return end(adaptation -> adaptation.id().equals(id));
    }

    private Set<TaskId> end(Predicate<Adaptation> ends) {
        List<Adaptation> ended = adaptations.stream().filter(ends).toList();
        ended.forEach(adaptation -> shelf.remove(adaptation.id()));
        adaptations = adaptations.stream().filter(ends.negate()).toList();
        return ended.stream().flatMap(adaptation -> adaptation.tasks().stream()).collect(Collectors.toSet());
    }

    /** What hears, from now on, of whatever is erased of some tasks. */
    Prospect prospect(Collection<TaskId> tasks) {
        Prospect prospect = new Prospect(this, tasks);
        prospects.add(prospect);
        return prospect;
    }

    void forget(Prospect prospect) {
        prospects.remove(prospect);
    }

    /** The same as below, unless something that the adaptation learnt from was erased: then empty. */
    synchronized Optional<Set<TaskId>> add(Adaptation fresh, Prospect prospect) {
        return prospect.isSound(fresh.learntFrom()) ? Optional.of(add(fresh)) : Optional.empty();
    }

    /**
     * Has an adaptation answer its tasks, in the place of any other of the same encoder that shares one with it.
     *
     * @return the tasks whose members may be other ones now
     */
    private synchronized Set<TaskId> add(Adaptation fresh) {
        Set<TaskId> concerned = concerned(fresh);
        adaptations.stream()
                .filter(adaptation -> !adaptation.id().equals(fresh.id()) && givesWay(adaptation, fresh))
                .forEach(adaptation -> shelf.remove(adaptation.id()));
        adaptations = next(fresh);
        return concerned;
    }

    private Set<TaskId> concerned(Adaptation fresh) {
        Set<TaskId> concerned = new HashSet<>(fresh.tasks());
        adaptations.stream()
                .filter(adaptation -> givesWay(adaptation, fresh))
                .forEach(adaptation -> concerned.addAll(adaptation.tasks()));
        return concerned;
    }

    private List<Adaptation> next(Adaptation fresh) {
        return Stream.concat(adaptations.stream().filter(adaptation -> !givesWay(adaptation, fresh)), Stream.of(fresh))
                .toList();
    }

    private static boolean givesWay(Adaptation adaptation, Adaptation fresh) {
        boolean shares = adaptation.base().equals(fresh.base())
                && adaptation.tasks().stream().anyMatch(fresh.tasks()::contains);
        return shares || adaptation.id().equals(fresh.id());
    }
}
