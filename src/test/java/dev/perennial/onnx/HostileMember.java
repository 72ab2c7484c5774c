// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * Tokenizers that load and then end the process by themselves: Hugging Face's library panics when it encodes with them,
 * and takes the Java process along.
 */
public final class HostileMember {
    private HostileMember() {}

    /** By what is wrong with them. */
    public static Map<String, String> tokenizers() {
        return Map.of("template", namesATokenThatIsNotThere(), "expression", backtracks());
    }

    /** Ends the process at the first text. */
    public static String namesATokenThatIsNotThere() {
        return TinyModel.tokenizer(
                json -> ((ObjectNode) json.path("post_processor").path("special_tokens")).remove("[SEP]"));
    }

    private static String backtracks() {
        return TinyModel.tokenizer(json -> {
            ObjectNode split = json.putObject("pre_tokenizer").put("type", "Split");
            split.put("behavior", "Isolated").put("invert", false);
            split.putObject("pattern").put("Regex", "(a+)+$");
        });
    }
}
