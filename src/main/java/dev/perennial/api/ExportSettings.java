// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.api.ApprenticeshipResource.BarBody;
import dev.perennial.evaluate.GateBound;
import dev.perennial.evaluate.GateBounds;
import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import dev.perennial.shadow.Apprenticeship.Bar;
import dev.perennial.task.TaskSettings;
import dev.perennial.task.TaskSettings.Apprentice;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What guards and watches a task, in the shapes in which requests say it.
 *
 * @param gateBounds those that are set
 * @param keepTexts whether texts that it is asked are kept for feedback
 * @param apprenticeship what it must reach, of a task that answers silently
 */
record ExportSettings(
        @Nullable GateBody gateBounds,
        @Nullable Boolean keepTexts,
        @Nullable BarBody apprenticeship) {

    /** The same as it is written: bounds that are not set are left out, so that another release may know more. */
    record Written(
            Map<String, Number> gateBounds,
            boolean keepTexts,
            @Nullable BarBody apprenticeship) {}

    static Written written(TaskSettings settings) {
        Map<String, Number> bounds = new TreeMap<>();
        settings.gateBounds().forEach((name, value) -> bounds.put(name, plain(value)));
        return new Written(
                bounds,
                settings.keepsTexts(),
                settings.apprentice()
                        .map(bar -> new BarBody(bar.accuracy(), bar.answers(), bar.gate()))
                        .orElse(null));
    }

    /** Numbers of rows are whole, and read as such. */
    private static Number plain(double value) {
        boolean isWhole = value == Math.rint(value) && Math.abs(value) < Integer.MAX_VALUE;
        return isWhole ? (Number) (long) value : (Number) value;
    }

    /**
     * What is said.
     *
     * @throws Refusal.Invalid when requests could not say it
     */
    TaskSettings read() {
        if (gateBounds == null || keepTexts == null) {
            throw new Refusal.Invalid("", "must say gate_bounds and keep_texts");
        }
        GateBounds bounds = within("/gate_bounds", gateBounds::bounds);
        Map<String, Double> own = new HashMap<>();
        for (GateBound bound : GateBound.values()) {
            Optional.ofNullable(bounds.own().get(bound)).ifPresent(value -> own.put(bound.key(), value));
        }
        return new TaskSettings(
                own,
                keepTexts,
                Optional.ofNullable(apprenticeship)
                        .map(body -> within("/apprenticeship", () -> ApprenticeshipResource.bar(body)))
                        .map(ExportSettings::apprentice));
    }

    private static Apprentice apprentice(Bar bar) {
        return new Apprentice(bar.accuracy(), bar.answers(), bar.gate());
    }

    /** Says in which part a fault is. */
    static <T> T within(String part, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (Refusal.Invalid invalid) {
            throw new Refusal.Invalid(invalid.faults().stream()
                    .map(fault -> new Fault(part + fault.pointer(), fault.detail()))
                    .toList());
        }
    }
}
