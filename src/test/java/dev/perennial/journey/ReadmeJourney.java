// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The commands of the README that a newcomer runs, by the name in the comment before each.
 *
 * @param commands what each step runs, in the order of the page
 */
record ReadmeJourney(Map<String, String> commands) {
    private static final Pattern STEP =
            Pattern.compile("<!-- journey: ([a-z]+) -->\n```sh\n(.*?)\n```", Pattern.DOTALL);

    private static final Pattern MARK = Pattern.compile("<!--\\s*journey");

    /** Seconds that a step may take. */
    private static final String LIMIT = "300";

    private static final String ADDRESS = "localhost:8080";

    static ReadmeJourney read(Path readme) throws IOException {
        Map<String, String> commands = new LinkedHashMap<>();
        String page = Files.readString(readme);
        Matcher steps = STEP.matcher(page);
        while (steps.find()) {
            commands.put(steps.group(1), steps.group(2));
        }
        if (commands.size() != MARK.matcher(page).results().count()) {
            throw new IllegalStateException("a step of the README has no command, or the name of another one");
        }
        return new ReadmeJourney(commands);
    }

    /** Runs a step against the service on this port; gives back what it prints. */
    String run(String step, int port) throws IOException, InterruptedException {
        String command = commands.get(step);
        if (command == null || !command.contains(ADDRESS)) {
            throw new IllegalStateException("the README has no command for the step " + step);
        }
        Process bash = new ProcessBuilder("timeout", LIMIT, "bash", "-c", command.replace(ADDRESS, "localhost:" + port))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (bash.waitFor() != 0) {
            throw new IllegalStateException("the command of the step " + step + " failed: " + printed);
        }
        return printed;
    }
}
