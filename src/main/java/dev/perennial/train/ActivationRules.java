// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

/** Rules of functions of one operand that keep its shape. */
final class ActivationRules {
    private static final int SOFTMAX_OF_ONE_AXIS = 13;
    private static final double TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);
    private static final double CUBIC = 0.044715;

    private ActivationRules() {}

    /** {@code y = -a}: {@code da = -g}. */
    static void negate(Applied node, Tape tape) {
        tape.add(node.operand(0), tape.node("Neg", node.gradient()));
    }

    /** {@code y = a}, perhaps in another type or at no cost: {@code da = g}. */
    static void identity(Applied node, Tape tape) {
        tape.add(node.operand(0), node.gradient());
    }

    /** {@code y = (type) a}: {@code da = (type of a) g}. */
    static void cast(Applied node, Tape tape) {
        int type = tape.value(node.operand(0)).type();
        tape.add(node.operand(0), tape.node("Cast", java.util.List.of(node.gradient()), Attributes.of("to", (long)
                type)));
    }

    /** {@code y = sqrt a}: {@code da = g / (2 y)}. */
    static void root(Applied node, Tape tape) {
        String half = tape.scaled(node.gradient(), 0.5, node.result());
        tape.add(node.operand(0), tape.node("Div", half, node.result()));
    }

    /** {@code y = exp a}: {@code da = g y}. */
    static void exponential(Applied node, Tape tape) {
        tape.add(node.operand(0), tape.node("Mul", node.gradient(), node.result()));
    }

    /** {@code y = erf a}: {@code da = g 2/sqrt(pi) exp(-a^2)}. */
    static void errorFunction(Applied node, Tape tape) {
        String a = node.operand(0);
        String bell = tape.node("Exp", tape.node("Neg", tape.node("Mul", a, a)));
        tape.add(a, tape.node("Mul", node.gradient(), tape.scaled(bell, TWO_OVER_ROOT_PI, a)));
    }

    /** {@code y = tanh a}: {@code da = g (1 - y^2)}. */
    static void hyperbolicTangent(Applied node, Tape tape) {
        tape.add(node.operand(0), tape.node("Mul", node.gradient(), oneMinusSquare(node.result(), tape)));
    }

    private static String oneMinusSquare(String y, Tape tape) {
        return tape.node("Sub", tape.number(1, y), tape.node("Mul", y, y));
    }

    /** {@code y = softmax a} along an axis: {@code da = y (g - sum(g y))}. */
    static void softmax(Applied node, Tape tape) {
        String y = node.result();
        int last = tape.value(y).rank() - 1;
        boolean old = tape.operators() < SOFTMAX_OF_ONE_AXIS;
        int axis = tape.value(y).axis(Attributes.integer(node.node(), "axis", old ? 1 : -1));
        if (old && axis != last) {
            throw node.refusal("over several axes at once");
        }
        String weighed = tape.node("Mul", node.gradient(), y);
        String mean = tape.sum(weighed, new long[] {axis}, true);
        tape.add(node.operand(0), tape.node("Sub", weighed, tape.node("Mul", y, mean)));
    }

    /**
     * {@code y = a P(a)} with the normal distribution {@code P(a) = (1 + erf(a/sqrt 2)) / 2}: {@code da = g (P(a) + a
     * exp(-a^2/2) / sqrt(2 pi))}. Or its approximation by {@code tanh} (Hendrycks and Gimpel 2016).
     */
    static void gelu(Applied node, Tape tape) {
        if (node.has(1)) {
            throw node.refusal("with a bias");
        }
        String a = node.operand(0);
        boolean approximate = node.operator().equals("FastGelu")
                || Attributes.text(node.node(), "approximate", "none").equals("tanh");
        String slope = approximate ? approximateSlope(a, tape) : exactSlope(a, tape);
        tape.add(a, tape.node("Mul", node.gradient(), slope));
    }

    private static String exactSlope(String a, Tape tape) {
        String error = tape.node("Erf", tape.scaled(a, Math.sqrt(0.5), a));
        String distribution = tape.scaled(tape.node("Add", error, tape.number(1, a)), 0.5, a);
        String bell = tape.node("Exp", tape.scaled(tape.node("Mul", a, a), -0.5, a));
        String density = tape.scaled(bell, 1 / Math.sqrt(2 * Math.PI), a);
        return tape.node("Add", distribution, tape.node("Mul", a, density));
    }

    /** Of {@code a (1 + t) / 2} with {@code t = tanh u}, {@code u = sqrt(2/pi) (a + c a^3)}. */
    private static String approximateSlope(String a, Tape tape) {
        double scale = Math.sqrt(2 / Math.PI);
        String square = tape.node("Mul", a, a);
        String inner = tape.node("Add", tape.scaled(square, CUBIC, a), tape.number(1, a));
        String t = tape.node("Tanh", tape.scaled(tape.node("Mul", a, inner), scale, a));
        String innerSlope = tape.node("Add", tape.scaled(square, 3 * CUBIC, a), tape.number(1, a));
        String bend = tape.node("Mul", tape.scaled(a, scale / 2, a), innerSlope);
        String first = tape.scaled(tape.node("Add", t, tape.number(1, a)), 0.5, a);
        return tape.node("Add", first, tape.node("Mul", bend, oneMinusSquare(t, a, tape)));
    }

    private static String oneMinusSquare(String t, String like, Tape tape) {
        return tape.node("Sub", tape.number(1, like), tape.node("Mul", t, t));
    }
}
