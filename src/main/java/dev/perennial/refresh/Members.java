// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.Passage;
import dev.perennial.encode.TableEncoder;
import dev.perennial.knowledge.LiveGraph;
import dev.perennial.knowledge.LiveGraphs;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** Every encoder that the service knows: those that serve, those on the way, and those that could not. Thread-safe. */
public final class Members {
    private static final Passage TWELVE_TOKENS = Passage.of("please tell me where my new card is");
    private static final int WARM_UPS = 3;
    private static final int RUNS = 9;
    private static final double NANOS = 1e9;

    /** The life of a member. */
    public enum State {
        /** Answers. */
        READY,
        /** Is being checked, or learnt with. */
        LOADING,
        /** Could not be taken up; the reason says why. */
        FAILED
    }

    /**
     * An encoder and how it is.
     *
     * @param info what it is; empty unless ready
     * @param rounded what it is in bytes, where each task chooses between that and single precision
     * @param reason why it failed
     * @param teacher what a static one was made of
     * @param latencySeconds median time for a text of some twelve tokens, alone on one core; empty unless ready
     */
    public record Member(
            String id,
            State state,
            Optional<EncoderInfo> info,
            Optional<EncoderInfo> rounded,
            Optional<String> teacher,
            Optional<String> reason,
            OptionalDouble latencySeconds) {}

    private record Pending(State state, Optional<String> reason, Optional<String> teacher) {}

    private final Encoders encoders;
    private final LiveGraphs graphs;
    private final Map<String, Pending> pendingById = new ConcurrentSkipListMap<>();
    private final Map<String, Double> latencyByDigest = new ConcurrentHashMap<>();

    public Members(Encoders encoders, LiveGraphs graphs) {
        this.encoders = encoders;
        this.graphs = graphs;
    }

    /** All members: first those that are ready, cheapest first, then knowledge graphs, then the others by id. */
    public List<Member> all() {
        List<Encoder> ready = encoders.ready();
        return Stream.concat(
                        Stream.concat(
                                ready.stream().map(this::ready),
                                graphs.all().stream().map(Members::graph)),
                        pendingById.keySet().stream()
                                .filter(id -> ready.stream()
                                        .noneMatch(
                                                encoder -> encoder.info().id().equals(id)))
                                .flatMap(id -> pending(id).stream()))
                .toList();
    }

    public Optional<Member> find(String id) {
        return encoders.find(id)
                .map(this::ready)
                .or(() -> graphs.find(id).map(Members::graph))
                .or(() -> pending(id));
    }

    /** Its latency is not measured: linking takes microseconds. */
    private static Member graph(LiveGraph graph) {
        EncoderInfo info = graph.info();
        return new Member(
                info.id(),
                State.READY,
                Optional.of(info),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalDouble.empty());
    }

    /** How many could not be taken up. */
    public long failed() {
        return pendingById.values().stream()
                .filter(pending -> pending.state() == State.FAILED)
                .count();
    }

    /** The encoder of a member that is ready. */
    Optional<Encoder> encoder(String id) {
        return encoders.find(id);
    }

    /** Notes that a member is on the way, unless one of this id is ready or on the way already: then false. */
    public synchronized boolean claim(MemberSource source) {
        String id = source.id();
        Pending pending = pendingById.get(id);
        if (encoders.find(id).isPresent() || (pending != null && pending.state() == State.LOADING)) {
            return false;
        }
        loading(source);
        return true;
    }

    /** Notes that a member is on the way. */
    public void loading(MemberSource source) {
        Optional<String> teacher =
                source instanceof MemberSource.Teacher wish ? Optional.of(wish.teacher()) : Optional.empty();
        pendingById.put(source.id(), new Pending(State.LOADING, Optional.empty(), teacher));
    }

    /** Notes that a member could not be taken up. */
    public void failed(String id, String reason) {
        Optional<String> teacher = Optional.ofNullable(pendingById.get(id)).flatMap(Pending::teacher);
        pendingById.put(id, new Pending(State.FAILED, Optional.of(reason), teacher));
    }

    /** The static table of an encoder that is ready or on the way. */
    public Optional<Member> tableOf(String teacher) {
        return all().stream()
                .filter(member -> member.state() != State.FAILED)
                .filter(member -> member.teacher().filter(teacher::equals).isPresent())
                .findFirst();
    }

    /** Notes that a member is among the encoders, or no longer wanted. */
    public void settled(String id) {
        pendingById.remove(id);
    }

    /** Drops a member that could not be taken up; false when there is none of this id, or it serves or may yet. */
    public synchronized boolean dismiss(String id) {
        Pending pending = pendingById.get(id);
        return pending != null
                && pending.state() == State.FAILED
                && encoders.find(id).isEmpty()
                && pendingById.remove(id, pending);
    }

    private Member ready(Encoder encoder) {
        double latency = latencyByDigest.computeIfAbsent(encoder.info().digest(), digest -> measure(encoder));
        return new Member(
                encoder.info().id(),
                State.READY,
                Optional.of(encoder.info()),
                encoder.rounded().map(Encoder::info),
                encoder instanceof TableEncoder table ? Optional.of(table.teacher()) : Optional.empty(),
                Optional.empty(),
                OptionalDouble.of(latency));
    }

    private Optional<Member> pending(String id) {
        return Optional.ofNullable(pendingById.get(id))
                .map(pending -> new Member(
                        id,
                        pending.state(),
                        Optional.empty(),
                        Optional.empty(),
                        pending.teacher(),
                        pending.reason(),
                        OptionalDouble.empty()));
    }

    private static double measure(Encoder encoder) {
        long[] nanos = new long[RUNS];
        for (int run = -WARM_UPS; run < RUNS; run++) {
            long start = System.nanoTime();
            encoder.encode(List.of(TWELVE_TOKENS));
            if (run >= 0) {
                nanos[run] = System.nanoTime() - start;
            }
        }
        Arrays.sort(nanos);
        return nanos[RUNS / 2] / NANOS;
    }
}
