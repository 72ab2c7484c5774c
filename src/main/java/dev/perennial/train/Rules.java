// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.refusal.Refusal;
import java.util.Map;
import java.util.Optional;

/** The rule of each operator that can be differentiated. */
final class Rules {
    private static final Map<String, Rule> BY_OPERATOR = Map.ofEntries(
            Map.entry("Add", ArithmeticRules::add),
            Map.entry("Sub", ArithmeticRules::subtract),
            Map.entry("Mul", ArithmeticRules::multiply),
            Map.entry("Div", ArithmeticRules::divide),
            Map.entry("Pow", ArithmeticRules::power),
            Map.entry("Where", ArithmeticRules::where),
            Map.entry("Neg", ActivationRules::negate),
            Map.entry("Identity", ActivationRules::identity),
            Map.entry("Cast", ActivationRules::cast),
            Map.entry("Sqrt", ActivationRules::root),
            Map.entry("Exp", ActivationRules::exponential),
            Map.entry("Erf", ActivationRules::errorFunction),
            Map.entry("Tanh", ActivationRules::hyperbolicTangent),
            Map.entry("Softmax", ActivationRules::softmax),
            Map.entry("Gelu", ActivationRules::gelu),
            Map.entry("FastGelu", ActivationRules::gelu),
            Map.entry("MatMul", ProductRules::matMul),
            Map.entry("Gemm", ProductRules::gemm),
            Map.entry("Reshape", ShapeRules::reshape),
            Map.entry("Unsqueeze", ShapeRules::reshape),
            Map.entry("Squeeze", ShapeRules::reshape),
            Map.entry("Flatten", ShapeRules::reshape),
            Map.entry("Transpose", ShapeRules::transpose),
            Map.entry("Expand", ShapeRules::expand),
            Map.entry("ReduceSum", ShapeRules::sum),
            Map.entry("ReduceMean", ShapeRules::mean),
            Map.entry("Concat", ShapeRules::concatenate),
            Map.entry("Gather", LookupRules::gather),
            Map.entry("Slice", LookupRules::slice),
            Map.entry("LayerNormalization", NormalisationRules::layer));

    private Rules() {}

    /** @throws Refusal.Invalid when there is none, with the name of the operator */
    static Rule of(String operator) {
        return Optional.ofNullable(BY_OPERATOR.get(operator))
                .orElseThrow(() -> new Refusal.Invalid(
                        "/model",
                        "The encoder cannot be adapted: there is no derivative of the operator " + named(operator)
                                + "."));
    }

    /** Names come from a model file: nothing but letters and digits of them is repeated. */
    private static String named(String operator) {
        String plain = operator.replaceAll("[^A-Za-z0-9_]", "");
        return plain.length() > 64 ? plain.substring(0, 64) : plain;
    }
}
