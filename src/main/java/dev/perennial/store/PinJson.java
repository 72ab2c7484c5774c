// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.perennial.revision.Served.MemberPin;
import java.util.List;

/** Members of a revision as JSON: pairs of an id and a digest. */
final class PinJson {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<List<List<String>>> PAIRS = new TypeReference<>() {};

    private PinJson() {}

    static String write(List<MemberPin> members) {
        try {
            return JSON.writeValueAsString(members.stream()
                    .map(member -> List.of(member.id(), member.digest()))
                    .toList());
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("lists of strings could not be written as JSON");
        }
    }

    static List<MemberPin> read(String json) {
        try {
            return JSON.readValue(json, PAIRS).stream()
                    .map(pair -> new MemberPin(pair.get(0), pair.get(1)))
                    .toList();
        } catch (JsonProcessingException damaged) {
            throw new IllegalStateException("members of a revision are no JSON");
        }
    }
}
