// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.knowledge.GraphId;
import dev.perennial.revision.RevisionStore;
import dev.perennial.revision.Served;
import dev.perennial.revision.Served.MemberPin;
import dev.perennial.task.ContentKey;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
 * task to which none was adapted is answered by the ones that everybody has; one that went back to a revision that had
 * others, by these, until it gets an adaptation or one of them is gone. Safe for concurrent use.
 */
public final class TaskMembers {
    private final Encoders encoders;
    private final AdaptationShelf shelf;
    private final PastEncoders past;
    private final MemberPins pins;
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

    /**
     * @param shelf keeps adaptations
     * @param past finds those of them that are set aside
     * @param revisions keeps which tasks have members of their own
     */
    public TaskMembers(Encoders encoders, AdaptationShelf shelf, PastEncoders past, RevisionStore revisions) {
        this.encoders = encoders;
        this.shelf = shelf;
        this.past = past;
        this.pins = new MemberPins(revisions);
    }

    /** Has tasks have the members that they had before the start; called before they are learnt. */
    void restorePins() {
        pins.load();
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
        return of(task, standing());
    }

    /**
     * Who there is.
     *
     * @param ready encoders that everybody has
     * @param adapted adaptations that answer their tasks
     * @param pins of the tasks that have members of their own
     */
    private record Standing(List<Encoder> ready, List<Adaptation> adapted, Map<TaskId, List<MemberPin>> pins) {}

    private Standing standing() {
        return new Standing(encoders.ready(), adaptations, pins.all());
    }

    private List<Encoder> of(TaskId task, Standing standing) {
        return Optional.ofNullable(standing.pins().get(task))
                .flatMap(own -> pinned(own, standing))
                .orElseGet(() -> unpinned(task, standing));
    }

    private static List<Encoder> unpinned(TaskId task, Standing standing) {
        List<Adaptation> adapted = of(task, standing.adapted());
        return standing.ready().stream()
                .map(member -> replaced(member, adapted))
                .toList();
    }

    private Optional<List<Encoder>> pinned(List<MemberPin> own, Standing standing) {
        List<Encoder> found = own.stream()
                .flatMap(pin -> find(pin, standing).stream())
                .distinct()
                .toList();
        return found.size() == own.size() ? Optional.of(found) : Optional.empty();
    }

    private Optional<Encoder> find(MemberPin pin, Standing standing) {
        return serving(pin, standing).or(() -> past.find(pin.digest()).map(Adaptation::encoder));
    }

    private static Optional<Encoder> serving(MemberPin pin, Standing standing) {
        return Stream.concat(
                        standing.ready().stream(), standing.adapted().stream().map(Adaptation::encoder))
                .filter(encoder -> digests(encoder).contains(pin.digest()))
                .findFirst();
    }

    private static Set<String> digests(Encoder encoder) {
        return Stream.concat(Stream.of(encoder), encoder.rounded().stream())
                .map(version -> version.info().digest())
                .collect(Collectors.toSet());
    }

    /**
     * Who answers a task that goes back to a revision.
     *
     * @param members in single precision, cheapest first
     * @param pins what the task must be pinned to, so that they do; empty: nothing
     */
    record Return(List<Encoder> members, List<MemberPin> pins) {}

    /**
     * Those that answered by a revision, if all of them are kept; else those that the task would have anyway.
     *
     * @param served what answered by it; empty when nothing did: then those that answer now
     */
    Return returning(TaskId task, Optional<Served> served) {
        Standing standing = standing();
        if (served.isEmpty()) {
            return new Return(of(task, standing), standing.pins().getOrDefault(task, List.of()));
        }
        List<MemberPin> own = served.get().members().stream()
                .filter(pin -> !GraphId.isMember(pin.id()))
                .toList();
        List<Encoder> anyway = unpinned(task, standing);
        return pinned(own, standing)
                .filter(members -> !members.isEmpty() && !members.equals(anyway))
                .map(members -> new Return(members, own))
                .orElseGet(() -> new Return(anyway, List.of()));
    }

    /** Whether an encoder that answered by a revision is kept; opens nothing. */
    boolean isKept(MemberPin pin) {
        return serving(pin, standing()).isPresent() || past.has(pin.digest());
    }

    /** Notes what the store has a task pinned to; empty: nothing. */
    void pin(TaskId task, List<MemberPin> own) {
        pins.put(task, own);
    }

    /** Lets those tasks go whose pins cannot be had any more; they are answered by others already. */
    void releaseVoid() {
        Set<TaskId> unused = released();
    }

    private Set<TaskId> released() {
        return pins.release(entry -> !entry.getValue().stream().allMatch(this::isKept));
    }

    /** Who answers tasks now. */
    Cast cast() {
        return cast(Set.of(), standing());
    }

    /** Some encoders, whatever the task. */
    Cast cast(List<Encoder> members) {
        Standing standing = standing();
        return new Cast(Set.of(), task -> members, (task, read) -> learntFrom(task, read, standing));
    }

    /** Who would with an encoder in the place of the one of its id, or beside the others. */
    Cast with(Encoder encoder, Set<TaskId> tasks) {
        return cast(tasks, new Standing(encoders.with(encoder), adaptations, pins.all()));
    }

    /** Who would with an adaptation. */
    synchronized Cast with(Adaptation fresh) {
        Map<TaskId, List<MemberPin>> others = new HashMap<>(pins.all());
        others.keySet().removeAll(fresh.tasks());
        return cast(concerned(fresh), new Standing(encoders.ready(), next(fresh), others));
    }

    private Cast cast(Set<TaskId> tasks, Standing standing) {
        return new Cast(
                Set.copyOf(tasks), task -> of(task, standing), (task, members) -> learntFrom(task, members, standing));
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
        return learntFrom(task, members, standing());
    }

    private Set<String> learntFrom(TaskId task, List<Encoder> members, Standing standing) {
        return members.stream()
                .flatMap(member -> adaptation(task, member.info().digest(), standing).stream())
                .flatMap(adaptation -> adaptation.learntFrom().stream())
                .collect(Collectors.toSet());
    }

    private Optional<Adaptation> adaptation(TaskId task, String digest, Standing standing) {
        return of(task, standing.adapted()).stream()
                .filter(adaptation -> digests(adaptation.encoder()).contains(digest))
                .findFirst()
                .or(() -> past.find(digest));
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
        Set<TaskId> others = new HashSet<>(end(adaptation -> adaptation.tasks().contains(task)));
        others.addAll(pins.release(entry -> entry.getKey().equals(task)));
        return others;
    }

    /** The same for the adaptation of an id, if there is one. */
    synchronized Set<TaskId> end(String id) {
        return end(adaptation -> adaptation.id().equals(id));
    }

    private Set<TaskId> end(Predicate<Adaptation> ends) {
        List<Adaptation> ended = adaptations.stream().filter(ends).toList();
        ended.forEach(adaptation -> shelf.remove(adaptation.id()));
        adaptations = adaptations.stream().filter(ends.negate()).toList();
        Set<TaskId> others = ended.stream()
                .flatMap(adaptation -> adaptation.tasks().stream())
                .collect(Collectors.toSet());
        others.addAll(released());
        return others;
    }

    /** Forgets for good what is set aside and answered by none of the revisions that are kept. */
    synchronized void retainPast(Function<TaskId, Set<String>> membersThen) {
        shelf.retainPast(membersThen);
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
                .forEach(adaptation -> shelf.setAside(adaptation.id(), digests(adaptation.encoder())));
        adaptations = next(fresh);
        Set<TaskId> unused = pins.release(entry -> fresh.tasks().contains(entry.getKey()));
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
