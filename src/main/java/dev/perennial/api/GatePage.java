// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A gate's report as a page in Markdown: the verdict first, then what to do, then everything that was asked. */
final class GatePage {
    /** What can be done about a check that fails, by what it is about. */
    private static final Map<String, String> ADVICE = Map.of(
            "accuracy",
            "Evaluate the candidate's revision (`POST …/evaluations`) and look at its wrong rows: examples that "
                    + "contradict others, or that were taught wrongly (`GET …/suspects`), are the usual cause.",
            "label",
            "Teach more examples of the label, or of what it is taken for (`GET …/confusions/{true}/{predicted}`).",
            "calibration",
            "The candidate says probabilities that do not hold. Examples with wrong labels do that (`GET …/suspects`).",
            "coverage",
            "Label sets hold the right label too seldom. More examples help; wrong labels harm (`GET …/suspects`).",
            "cost",
            "Errors have become dearer by the policy. See which are dear in `GET …/policy`, and teach these labels.",
            "scores",
            "Look at the rows furthest off (`POST …/evaluations`), and at examples with wrong scores.",
            "slice",
            "Rows like these have become worse. Teach examples like them.",
            "recent",
            "What was taught last is answered worse had it not been seen: the candidate misleads present requests.",
            "latency",
            "An answer takes longer. A cascade (`cascade_risk` of the policy) asks fewer members, or set the bound.",
            "memory",
            "Heads and examples take more memory. Set the bound if there is room.");

    private final JsonNode report;
    private final StringBuilder page = new StringBuilder();

    private GatePage(JsonNode report) {
        this.report = report;
    }

    /** The page of a report as it is stored. */
    static String of(JsonNode report) {
        return new GatePage(report).page();
    }

    private String page() {
        List<JsonNode> failed = checks(false);
        List<JsonNode> passed = checks(true);
        boolean serves = report.path("passed").asBoolean();
        line("# Gate of task `" + text("task") + "`: " + (serves ? "passed" : "refused"));
        line("");
        line(
                serves
                        ? "**The candidate may serve.** It is worse in none of " + passed.size() + " checks."
                        : "**The candidate may not serve.** It fails " + failed.size() + " of "
                                + (failed.size() + passed.size()) + " checks.");
        line("");
        facts();
        if (!failed.isEmpty()) {
            line("## What fails");
            line("");
            table(failed);
            line("## What to do");
            line("");
            advice(failed).forEach(one -> line("- " + one));
            line("- What may be lost is up to you: `PUT /v1/tasks/" + text("task") + "/gate` sets the bounds.");
            line("");
        }
        if (!passed.isEmpty()) {
            line("## What passes");
            line("");
            table(passed);
        }
        line("## Bounds");
        line("");
        line("| bound | value |");
        line("| --- | ---: |");
        report.path("bounds")
                .properties()
                .forEach(bound ->
                        line("| " + bound.getKey() + " | " + bound.getValue().asText() + " |"));
        return page.toString();
    }

    private void facts() {
        line("| | |");
        line("| --- | --- |");
        line("| candidate | " + text("candidate") + " (" + text("cause") + ") |");
        line("| serves | " + text("serving") + " |");
        line("| asked | " + report.path("rows").asLong() + " rows of suite `" + text("suite") + "` |");
        line("| at | " + text("created_at") + " |");
        line("| rows lost, won | " + report.path("lost").asLong() + ", "
                + report.path("won").asLong() + "; p " + number(report.path("p_value")) + " (McNemar, exact) |");
        line("| difference | " + number(report.path("difference")) + ", with 95 % confidence "
                + number(report.path("low")) + " to " + number(report.path("high")) + " |");
        line("| report | " + text("id") + " |");
        line("");
    }

    private List<JsonNode> checks(boolean passed) {
        List<JsonNode> checks = new ArrayList<>();
        report.path("checks").forEach(check -> {
            if (check.path("passed").asBoolean() == passed) {
                checks.add(check);
            }
        });
        return checks;
    }

    private void table(List<JsonNode> checks) {
        line("| check | serves | candidate | bound | in words |");
        line("| --- | ---: | ---: | ---: | --- |");
        for (JsonNode check : checks) {
            line("| " + escaped(check.path("name").asText()) + " | " + number(check.path("serving")) + " | "
                    + number(check.path("candidate")) + " | " + number(check.path("bound")) + " | "
                    + escaped(check.path("detail").asText()) + " |");
        }
        line("");
    }

    private static Set<String> advice(List<JsonNode> failed) {
        Set<String> advice = new LinkedHashSet<>();
        failed.forEach(
                check -> advice.add(ADVICE.getOrDefault(check.path("about").asText(), "See the check.")));
        return advice;
    }

    private void line(String line) {
        page.append(line).append('\n');
    }

    private String text(String member) {
        return escaped(report.path(member).asText());
    }

    private static String number(JsonNode number) {
        return number.isNumber() ? String.format(Locale.ROOT, "%.4g", number.asDouble()) : "";
    }

    /** Names of labels are a client's: nothing of them is markup here. */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (Character.isISOControl(c)) {
                escaped.append(' ');
            } else {
                if ("\\`*_[]<>|".indexOf(c) >= 0) {
                    escaped.append('\\');
                }
                escaped.appendCodePoint(c);
            }
        });
        return escaped.toString();
    }
}
