// SPDX-License-Identifier: Apache-2.0
// Embeds with transformers.js on one thread, for PeersBenchmark. Arguments: the folder of the model. Every line of
// standard input is {"texts": [...], "size": texts at once}; every line of standard output is what that took:
// {"cpuSeconds": of the whole process, "vectors": [...]}.
import { basename, dirname, resolve } from "node:path";
import { createInterface } from "node:readline";
import { env, pipeline } from "@huggingface/transformers";

const folder = resolve(process.argv[2]);
env.allowRemoteModels = false;
env.localModelPath = dirname(folder);
const embed = await pipeline("feature-extraction", basename(folder), {
  dtype: "fp32",
  device: "cpu",
  session_options: { intraOpNumThreads: 1, interOpNumThreads: 1 },
});

for await (const line of createInterface({ input: process.stdin })) {
  const { texts, size } = JSON.parse(line);
  const vectors = [];
  const before = process.cpuUsage();
  for (let from = 0; from < texts.length; from += size) {
    const output = await embed(texts.slice(from, from + size), { pooling: "mean", normalize: true });
    vectors.push(...output.tolist());
  }
  const used = process.cpuUsage(before);
  console.log(JSON.stringify({ cpuSeconds: (used.user + used.system) / 1e6, vectors }));
}
