// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnxruntime.OrtException;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.refusal.Refusal;
import dev.perennial.train.GradientCheck.Writing;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each rule against finite differences of small random operands. */
final class RulesTest {
    private static final long SEED = Long.getLong("perennial.seed", 20261122);
    private static final double CLOSE = 1e-4;
    private static final int OLD = 11;
    private static final int NEW = 17;

    /** Others in this process may want the engine, which must come first. */
    @BeforeAll
    static void loadRuntime() {
        OnnxRuntime.preload();
    }

    @TempDir
    private Path directory;

    private GradientCheck check() {
        return new GradientCheck(directory, SEED);
    }

    private static void holds(GradientCheck check, int operators, Writing writing) throws OrtException {
        assertThat(check.worst(operators, writing)).isLessThan(CLOSE);
    }

    private static AttributeProto axis(long axis) {
        return Attributes.of("axis", axis);
    }

    @Test
    void sums_andDifferences_ofOperandsThatAreRepeated() throws OrtException {
        holds(check().operand("a", -1, 4, 5).operand("b", 5), OLD, n -> n.node("Add", "a", "b"));
        holds(check().operand("a", -1, 4, 5).operand("b", 4, 1), OLD, n -> n.node("Sub", "b", "a"));
        holds(check().operand("a", -1, 4).operand("b"), OLD, n -> n.node("Add", n.node("Neg", "a"), "b"));
        holds(check().operand("a", -1, 4), OLD, n -> n.node("Add", "a", "a"));
    }

    @Test
    void products_andQuotients_ofOperandsThatAreRepeated() throws OrtException {
        holds(check().operand("a", -1, 4, 5).operand("b", -1, 1, 5), OLD, n -> n.node("Mul", "a", "b"));
        holds(check().operand("a", -1, 4).operand("b", 4).in(x -> 2 + Math.abs(x)), OLD, n -> n.node("Div", "a", "b"));
    }

    @Test
    void powers_roots_andExponentials() throws OrtException {
        holds(check().operand("a", -1, 4), OLD, n -> n.node("Pow", "a", number(n, 2)));
        holds(
                check().operand("a", -1, 4).in(x -> 1 + Math.abs(x)),
                OLD,
                n -> n.node("Pow", "a", n.constant(Tensors.ofScalar("p", DataType.FLOAT_VALUE, -1.5))));
        holds(check().operand("a", -1, 4).in(x -> 1 + Math.abs(x)), OLD, n -> n.node("Sqrt", "a"));
        holds(check().operand("a", -1, 4), OLD, n -> n.node("Exp", "a"));
    }

    private static String number(Network network, float value) {
        return network.constant(Tensors.ofFloats(network.name("number"), new long[] {1}, value));
    }

    @Test
    void activations() throws OrtException {
        holds(check().operand("a", -1, 7), OLD, n -> n.node("Erf", "a"));
        holds(check().operand("a", -1, 7), OLD, n -> n.node("Tanh", "a"));
        holds(check().operand("a", -1, 7), 20, n -> n.node("Gelu", "a"));
        holds(check().operand("a", -1, 7), 20, n -> n.node("Gelu", List.of("a"), Attributes.of("approximate", "tanh")));
    }

    @Test
    void softmax_ofOldAndNewOperators() throws OrtException {
        holds(check().operand("a", -1, 4, 5), OLD, n -> n.node("Softmax", List.of("a"), axis(2)));
        holds(check().operand("a", -1, 4, 5), NEW, n -> n.node("Softmax", List.of("a"), axis(1)));
    }

    @Test
    void matrixProducts_ofBatchesAndWithOneMatrix() throws OrtException {
        holds(check().operand("a", -1, 4, 3).operand("b", 3, 5), OLD, n -> n.node("MatMul", "a", "b"));
        holds(check().operand("a", -1, 2, 4, 3).operand("b", -1, 2, 3, 5), OLD, n -> n.node("MatMul", "a", "b"));
        holds(check().operand("a", 4, 3).operand("b", -1, 3, 5), OLD, n -> n.node("MatMul", "a", "b"));
        holds(check().operand("a", -1, 1, 4, 3).operand("b", 2, 3, 5), OLD, n -> n.node("MatMul", "a", "b"));
    }

    @Test
    void gemm_inAllFourWays() throws OrtException {
        for (long turnedA : List.of(0L, 1L)) {
            for (long turnedB : List.of(0L, 1L)) {
                GradientCheck check = check().operand("c", 5);
                check = turnedA == 1 ? check.operand("a", 3, -1) : check.operand("a", -1, 3);
                check = turnedB == 1 ? check.operand("b", 5, 3) : check.operand("b", 3, 5);
                holds(
                        check,
                        OLD,
                        n -> n.node(
                                "Gemm",
                                List.of("a", "b", "c"),
                                Attributes.of("transA", turnedA),
                                Attributes.of("transB", turnedB),
                                Attributes.of("alpha", 0.7f),
                                Attributes.of("beta", 1.3f)));
            }
        }
    }

    @Test
    void reductions_overFixedAndVaryingAxes() throws OrtException {
        AttributeProto last = Attributes.of("axes", new long[] {-1});
        AttributeProto first = Attributes.of("axes", new long[] {0});
        AttributeProto drop = Attributes.of("keepdims", 0L);
        holds(check().operand("a", -1, 4), OLD, n -> squared(n, n.node("ReduceMean", List.of("a"), last)));
        holds(check().operand("a", -1, 4), OLD, n -> squared(n, n.node("ReduceMean", List.of("a"), first, drop)));
        holds(check().operand("a", -1, 4), OLD, n -> squared(n, n.node("ReduceSum", List.of("a"), last, drop)));
        holds(check().operand("a", -1, 4), NEW, n -> squared(n, n.node("ReduceSum", "a", n.longs(0))));
        holds(check().operand("a", -1, 4), NEW, n -> squared(n, n.node("ReduceMean", "a")));
    }

    /** So that the derivative is not the same everywhere. */
    private static String squared(Network network, String value) {
        return network.node("Mul", value, value);
    }

    @Test
    void aMeanBesideTheValueItself_addsToItsDerivative() throws OrtException {
        AttributeProto last = Attributes.of("axes", new long[] {-1});
        holds(
                check().operand("a", -1, 4),
                OLD,
                n -> squared(n, n.node("Sub", "a", n.node("ReduceMean", List.of("a"), last))));
    }

    @Test
    void shapes() throws OrtException {
        holds(check().operand("a", -1, 4, 6), OLD, n -> squared(n, n.node("Reshape", "a", n.longs(0, -1, 3))));
        holds(
                check().operand("a", -1, 4, 6),
                OLD,
                n -> squared(n, n.node("Transpose", List.of("a"), Attributes.of("perm", new long[] {2, 0, 1}))));
        holds(check().operand("a", -1, 4), OLD, n -> squared(n, n.node("Transpose", "a")));
        holds(check().operand("a", -1, 4), NEW, n -> squared(n, n.node("Unsqueeze", "a", n.longs(1))));
        holds(check().operand("a", -1, 1, 4), NEW, n -> squared(n, n.node("Squeeze", "a", n.longs(1))));
        holds(check().operand("a", 1, 4), OLD, n -> squared(n, n.node("Expand", "a", n.longs(3, 4))));
        holds(
                check().operand("a", -1, 4).operand("b", -1, 3),
                OLD,
                n -> squared(n, n.node("Concat", List.of("a", "b"), axis(-1))));
        holds(
                check().operand("a", -1, 4).operand("b", 3, 4),
                OLD,
                n -> squared(n, n.node("Concat", List.of("a", "b"), axis(0))));
    }

    @Test
    void lookUps_addTheDerivativesOfCopies() throws OrtException {
        holds(check().operand("a", 5, 4).integers("i", -1, 4), OLD, n -> squared(n, n.node("Gather", "a", "i")));
        holds(
                check().operand("a", -1, 5, 2).integers("i", 4),
                OLD,
                n -> squared(n, n.node("Gather", List.of("a", "i"), axis(1))));
        holds(
                check().operand("a", -1, 5, 2),
                OLD,
                n -> squared(n, n.node("Gather", List.of("a", scalar(n, 0)), axis(1))));
    }

    private static String scalar(Network network, long value) {
        return network.constant(ai.onnx.proto.OnnxMl.TensorProto.newBuilder()
                .setName(network.name("scalar"))
                .setDataType(DataType.INT64_VALUE)
                .addInt64Data(value)
                .build());
    }

    @Test
    void slices_fromTheFrontTheBackAndWithSteps() throws OrtException {
        holds(
                check().operand("a", -1, 5, 2),
                OLD,
                n -> squared(n, n.node("Slice", List.of("a", n.longs(0), n.longs(1), n.longs(1)))));
        holds(
                check().operand("a", -1, 5, 2),
                OLD,
                n -> squared(n, n.node("Slice", List.of("a", n.longs(-1), n.longs(-6), n.longs(1), n.longs(-2)))));
        holds(
                check().operand("a", -1, 5),
                OLD,
                n -> squared(n, n.node("Slice", List.of("a", n.longs(1), n.longs(9), n.longs(0)))));
    }

    @Test
    void choices_passTheDerivativeToWhatWasChosen() throws OrtException {
        holds(
                check().operand("a", -1, 4).operand("b", 4).integers("i", -1, 4),
                OLD,
                n -> squared(
                        n,
                        n.node(
                                "Where",
                                n.node("Cast", List.of("i"), Attributes.of("to", (long) DataType.BOOL_VALUE)),
                                "a",
                                "b")));
    }

    @Test
    void layerNormalisation_asOneOperator() throws OrtException {
        holds(
                check().operand("a", -1, 3, 6).operand("s", 6).operand("b", 6),
                NEW,
                n -> n.node("LayerNormalization", List.of("a", "s", "b"), axis(-1)));
    }

    @Test
    void casts_toDoubleAndBack() throws OrtException {
        holds(check().operand("a", -1, 4), NEW, n -> {
            String wide = n.node("Cast", List.of("a"), Attributes.of("to", (long) DataType.DOUBLE_VALUE));
            return n.node("Cast", List.of(squared(n, wide)), Attributes.of("to", (long) DataType.FLOAT_VALUE));
        });
    }

    /** Half precision rounds too coarsely for differences of it; numbers of few digits are exact in it. */
    @Test
    void casts_toHalfPrecision_passTheDerivativeOn() throws OrtException {
        double worst = check().operand("a", -1, 4)
                .in(x -> Math.round(x * 8) / 8.0)
                .worst(NEW, n -> {
                    String half = n.node("Cast", List.of("a"), Attributes.of("to", (long) DataType.FLOAT16_VALUE));
                    String twice = n.node("Mul", half, n.constant(Tensors.ofScalar("two", DataType.FLOAT16_VALUE, 2)));
                    return n.node("Cast", List.of(twice), Attributes.of("to", (long) DataType.FLOAT_VALUE));
                });
        assertThat(worst).isLessThan(5e-3);
    }

    @Test
    void anUnknownOperator_isRefusedByName() {
        assertThatThrownBy(() -> check().operand("a", -1, 4).worst(OLD, n -> n.node("Hardmax", "a")))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("Hardmax");
    }

    @Test
    void aKnownOperator_inAWayWithoutARule_isRefusedByName() {
        assertThatThrownBy(() ->
                        check().operand("a", -1, 4, 5).worst(OLD, n -> n.node("Softmax", List.of("a"), axis(1))))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("Softmax over several axes");
    }

    @Test
    void halfFloats_areRoundedToTheNearest() {
        assertThat(HalfFloats.bits(1)).isEqualTo(0x3C00);
        assertThat(HalfFloats.bits(-2)).isEqualTo(0xC000);
        assertThat(HalfFloats.bits(65504)).isEqualTo(0x7BFF);
        assertThat(HalfFloats.bits(65520)).isEqualTo(0x7C00);
        assertThat(HalfFloats.bits(1 + 0x1p-11f)).isEqualTo(0x3C00);
        assertThat(HalfFloats.bits(1 + 0x1.8p-10f)).isEqualTo(0x3C02);
        assertThat(HalfFloats.bits(0x1p-24f)).isEqualTo(1);
        assertThat(HalfFloats.bits(0x1p-14f)).isEqualTo(0x400);
        assertThat(HalfFloats.bits(Float.NaN) & 0x7FFF).isGreaterThan(0x7C00);
    }
}
