// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.regex.Pattern;

/** English words that hold a sentence together and hardly ever name what it is about. Immutable. */
final class FunctionWords {
    private static final String WORDS = """
            a about above after again against all almost along already also although always am among an and another any
            anybody anyone anything are aren't around as at away be became because become been before behind being
            below between both but by came can can't cannot come could couldn't did didn't do does doesn't doing don't
            done down during each either else enough even ever every everybody everyone everything few for from get
            gets getting give given go goes going gone got had hadn't has hasn't have haven't having he her here hers
            herself him himself his how however i if in instead into is isn't it its itself just last least less let
            like ll made make makes making many may me might mine more most much must my myself near neither never no
            nobody none nor not nothing now of off often on once one only onto or other others our ours ourselves out
            over own per perhaps please put quite rather re really same see seem seems shall she should shouldn't since
            so some somebody someone something sometimes still such take taken takes than that the their theirs them
            themselves then there these they thing this those though through thus till to together too toward towards
            under until unto up upon us use used using ve very was wasn't we well went were weren't what whatever when
            whenever where wherever whether which while who whoever whole whom whose why will with within without won't
            would wouldn't yes yet you your yours yourself yourselves
            """;

    private final PackedStrings words = new PackedStrings();

    private FunctionWords() {
        Pattern.compile("\\s+").splitAsStream(WORDS.strip()).forEach(words::add);
    }

    /** Made when the first name is looked at. */
    private static final class Known {
        private static final FunctionWords WORDS = new FunctionWords();
    }

    /** Whether all words are such. */
    static boolean areAll(Tokens tokens) {
        for (int i = 0; i < tokens.size(); i++) {
            if (Known.WORDS.words.find(tokens.bytes(), tokens.from(i), tokens.to(i)) < 0) {
                return false;
            }
        }
        return true;
    }
}
