// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.encode.EncoderInfo.Pooling;
import dev.perennial.encode.TokenSequence;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * {@link TinyBert} for one text in plain Java and double precision, with its backward pass written down by hand, layer
 * after layer as a textbook does: a second implementation that shares nothing with the first but the weights.
 */
final class PlainBert {
    private static final int H = TinyBert.HIDDEN;
    private static final int WIDTH = H / TinyBert.HEADS;

    private final Map<String, double[]> weights = new HashMap<>();
    private final Map<String, double[]> gradients = new HashMap<>();
    private final Deque<Back> tape = new ArrayDeque<>();

    /** Turns the derivative in what a layer gave into that in what it took. */
    private interface Back {
        double[][] of(double[][] gradient);
    }

    PlainBert(Map<String, float[]> given) {
        given.forEach((name, values) -> {
            double[] wide = new double[values.length];
            for (int i = 0; i < wide.length; i++) {
                wide[i] = values[i];
            }
            weights.put(name, wide);
            gradients.put(name, new double[values.length]);
        });
    }

    /** Sums over all texts so far. */
    Map<String, double[]> gradients() {
        return gradients;
    }

    /** The unit vector of a text; {@link #back} must follow. */
    double[] vector(TokenSequence text, Pooling pooling) {
        tape.clear();
        double[][] x = embeddings(text);
        x = norm(x, "embeddings.LayerNorm");
        for (int layer = 0; layer < TinyBert.LAYERS; layer++) {
            String name = "encoder.layer." + layer + ".";
            x = norm(residual(x, attention(name)), name + "attention.output.LayerNorm");
            x = norm(residual(x, feedForward(name)), name + "output.LayerNorm");
        }
        return unit(x, pooling);
    }

    void back(double[] gradient) {
        double[][] g = {gradient};
        while (!tape.isEmpty()) {
            g = tape.pop().of(g);
        }
    }

    private double[][] embeddings(TokenSequence text) {
        double[][] x = new double[text.length()][H];
        for (int t = 0; t < x.length; t++) {
            for (int k = 0; k < H; k++) {
                x[t][k] = weights.get("embeddings.word_embeddings.weight")[(int) text.ids()[t] * H + k]
                        + weights.get("embeddings.token_type_embeddings.weight")[(int) text.types()[t] * H + k]
                        + weights.get("embeddings.position_embeddings.weight")[t * H + k];
            }
        }
        tape.push(g -> {
            for (int t = 0; t < g.length; t++) {
                for (int k = 0; k < H; k++) {
                    gradients.get("embeddings.word_embeddings.weight")[(int) text.ids()[t] * H + k] += g[t][k];
                    gradients.get("embeddings.token_type_embeddings.weight")[(int) text.types()[t] * H + k] += g[t][k];
                    gradients.get("embeddings.position_embeddings.weight")[t * H + k] += g[t][k];
                }
            }
            return g;
        });
        return x;
    }

    /** A part of a layer: what it gives, and how to go back. */
    private interface Part {
        double[][] of(double[][] x, Deque<Back> own);
    }

    private double[][] residual(double[][] x, Part part) {
        Deque<Back> own = new ArrayDeque<>();
        double[][] y = part.of(x, own);
        double[][] sum = new double[x.length][H];
        for (int t = 0; t < x.length; t++) {
            for (int k = 0; k < H; k++) {
                sum[t][k] = x[t][k] + y[t][k];
            }
        }
        tape.push(g -> {
            double[][] through = g;
            while (!own.isEmpty()) {
                through = own.pop().of(through);
            }
            return plus(g, through);
        });
        return sum;
    }

    private static double[][] plus(double[][] a, double[][] b) {
        double[][] sum = new double[a.length][a[0].length];
        for (int t = 0; t < a.length; t++) {
            for (int k = 0; k < sum[t].length; k++) {
                sum[t][k] = a[t][k] + b[t][k];
            }
        }
        return sum;
    }

    private double[][] linear(double[][] x, String name, Deque<Back> own) {
        double[] w = weights.get(name + ".weight");
        double[] b = weights.get(name + ".bias");
        double[][] y = new double[x.length][b.length];
        for (int t = 0; t < x.length; t++) {
            for (int o = 0; o < b.length; o++) {
                y[t][o] = b[o];
                for (int i = 0; i < x[t].length; i++) {
                    y[t][o] += x[t][i] * w[i * b.length + o];
                }
            }
        }
        own.push(g -> {
            double[][] dx = new double[x.length][x[0].length];
            for (int t = 0; t < x.length; t++) {
                for (int o = 0; o < b.length; o++) {
                    gradients.get(name + ".bias")[o] += g[t][o];
                    for (int i = 0; i < x[t].length; i++) {
                        gradients.get(name + ".weight")[i * b.length + o] += x[t][i] * g[t][o];
                        dx[t][i] += g[t][o] * w[i * b.length + o];
                    }
                }
            }
            return dx;
        });
        return y;
    }

    private Part feedForward(String name) {
        return (x, own) -> {
            double[][] inner = linear(x, name + "intermediate.dense", own);
            double[][] active = new double[inner.length][inner[0].length];
            for (int t = 0; t < inner.length; t++) {
                for (int k = 0; k < inner[t].length; k++) {
                    active[t][k] = inner[t][k] * normal(inner[t][k]);
                }
            }
            own.push(g -> {
                double[][] dx = new double[g.length][g[0].length];
                for (int t = 0; t < g.length; t++) {
                    for (int k = 0; k < g[t].length; k++) {
                        double a = inner[t][k];
                        double density = Math.exp(-a * a / 2) / Math.sqrt(2 * Math.PI);
                        dx[t][k] = g[t][k] * (normal(a) + a * density);
                    }
                }
                return dx;
            });
            return linear(active, name + "output.dense", own);
        };
    }

    /** The normal distribution, by its series. */
    private static double normal(double a) {
        double term = a;
        double sum = a;
        for (int n = 1; n < 200; n++) {
            term *= a * a / (2 * n + 1);
            sum += term;
        }
        return 0.5 + sum * Math.exp(-a * a / 2) / Math.sqrt(2 * Math.PI);
    }

    private Part attention(String name) {
        return (x, own) -> {
            Deque<Back> ofQuery = new ArrayDeque<>();
            Deque<Back> ofKey = new ArrayDeque<>();
            Deque<Back> ofValue = new ArrayDeque<>();
            double[][] q = linear(x, name + "attention.self.query", ofQuery);
            double[][] k = linear(x, name + "attention.self.key", ofKey);
            double[][] v = linear(x, name + "attention.self.value", ofValue);
            double[][][] shares = new double[TinyBert.HEADS][][];
            double[][] mixed = new double[x.length][H];
            for (int head = 0; head < TinyBert.HEADS; head++) {
                shares[head] = shares(q, k, head);
                for (int t = 0; t < x.length; t++) {
                    for (int s = 0; s < x.length; s++) {
                        for (int c = head * WIDTH; c < (head + 1) * WIDTH; c++) {
                            mixed[t][c] += shares[head][t][s] * v[s][c];
                        }
                    }
                }
            }
            own.push(g -> {
                double[][] dq = new double[x.length][H];
                double[][] dk = new double[x.length][H];
                double[][] dv = new double[x.length][H];
                for (int head = 0; head < TinyBert.HEADS; head++) {
                    for (int t = 0; t < x.length; t++) {
                        back(t, head, new Attention(q, k, v, shares[head]), g, new double[][][] {dq, dk, dv});
                    }
                }
                return plus(
                        plus(ofQuery.pop().of(dq), ofKey.pop().of(dk)),
                        ofValue.pop().of(dv));
            });
            return linear(mixed, name + "attention.output.dense", own);
        };
    }

    private static double[][] shares(double[][] q, double[][] k, int head) {
        double[][] shares = new double[q.length][q.length];
        for (int t = 0; t < q.length; t++) {
            double sum = 0;
            for (int s = 0; s < q.length; s++) {
                double score = 0;
                for (int c = head * WIDTH; c < (head + 1) * WIDTH; c++) {
                    score += q[t][c] * k[s][c];
                }
                shares[t][s] = Math.exp(score / Math.sqrt(WIDTH));
                sum += shares[t][s];
            }
            for (int s = 0; s < q.length; s++) {
                shares[t][s] /= sum;
            }
        }
        return shares;
    }

    private record Attention(double[][] q, double[][] k, double[][] v, double[][] shares) {}

    private static void back(int t, int head, Attention at, double[][] g, double[][][] into) {
        double[] dShares = new double[g.length];
        double mean = 0;
        for (int s = 0; s < g.length; s++) {
            for (int c = head * WIDTH; c < (head + 1) * WIDTH; c++) {
                dShares[s] += g[t][c] * at.v()[s][c];
                into[2][s][c] += g[t][c] * at.shares()[t][s];
            }
            mean += dShares[s] * at.shares()[t][s];
        }
        for (int s = 0; s < g.length; s++) {
            double dScore = at.shares()[t][s] * (dShares[s] - mean) / Math.sqrt(WIDTH);
            for (int c = head * WIDTH; c < (head + 1) * WIDTH; c++) {
                into[0][t][c] += dScore * at.k()[s][c];
                into[1][s][c] += dScore * at.q()[t][c];
            }
        }
    }

    private double[][] norm(double[][] x, String name) {
        double[] scale = weights.get(name + ".weight");
        double[] bias = weights.get(name + ".bias");
        double[][] n = new double[x.length][H];
        double[] deviations = new double[x.length];
        double[][] y = new double[x.length][H];
        for (int t = 0; t < x.length; t++) {
            double mean = java.util.Arrays.stream(x[t]).average().orElseThrow();
            double variance = java.util.Arrays.stream(x[t])
                    .map(a -> (a - mean) * (a - mean))
                    .average()
                    .orElseThrow();
            deviations[t] = Math.sqrt(variance + 1e-12);
            for (int k = 0; k < H; k++) {
                n[t][k] = (x[t][k] - mean) / deviations[t];
                y[t][k] = n[t][k] * scale[k] + bias[k];
            }
        }
        tape.push(g -> {
            double[][] dx = new double[g.length][H];
            for (int t = 0; t < g.length; t++) {
                double mean = 0;
                double along = 0;
                for (int k = 0; k < H; k++) {
                    gradients.get(name + ".weight")[k] += g[t][k] * n[t][k];
                    gradients.get(name + ".bias")[k] += g[t][k];
                    mean += g[t][k] * scale[k] / H;
                    along += g[t][k] * scale[k] * n[t][k] / H;
                }
                for (int k = 0; k < H; k++) {
                    dx[t][k] = (g[t][k] * scale[k] - mean - n[t][k] * along) / deviations[t];
                }
            }
            return dx;
        });
        return y;
    }

    private double[] unit(double[][] x, Pooling pooling) {
        int tokens = pooling == Pooling.CLS ? 1 : x.length;
        double[] mean = new double[H];
        for (int t = 0; t < tokens; t++) {
            for (int k = 0; k < H; k++) {
                mean[k] += x[t][k] / tokens;
            }
        }
        double length = Math.sqrt(java.util.Arrays.stream(mean).map(a -> a * a).sum());
        double[] unit = java.util.Arrays.stream(mean).map(a -> a / length).toArray();
        tape.push(g -> {
            double along = 0;
            for (int k = 0; k < H; k++) {
                along += g[0][k] * unit[k];
            }
            double[][] dx = new double[x.length][H];
            for (int t = 0; t < tokens; t++) {
                for (int k = 0; k < H; k++) {
                    dx[t][k] = (g[0][k] - unit[k] * along) / length / tokens;
                }
            }
            return dx;
        });
        return unit;
    }
}
