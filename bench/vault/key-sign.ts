// SPDX-License-Identifier: Apache-2.0
/** Audited signatures over TLS by keys in the HSM and in software, and the memory of a vault that uses 1,000 HSM keys. */

import { createHash } from "node:crypto";
import { row } from "../in-node.ts";
import { fillKeys, startMeasuredVault } from "./measured-vault.ts";
import { type Measured, type MeasuredFigure, medianOf, runLoad } from "./run-load.ts";
import { pssOf } from "./usage.ts";

const keys = Number(process.env["STRONGROOM_BENCH_KEYS"] ?? "1000");
const rounds = Number(process.env["STRONGROOM_BENCH_ROUNDS"] ?? "2");
const load = {
  connections: Number(process.env["STRONGROOM_BENCH_CONNECTIONS"] ?? "16"),
  warmUpMs: Number(process.env["STRONGROOM_BENCH_WARM_UP_MS"] ?? "1000"),
  measureMs: Number(process.env["STRONGROOM_BENCH_MEASURE_MS"] ?? "2500"),
};
const query = "api-version=2025-07-01";
const digest = createHash("sha256").update("message").digest("base64url");
const bodies = {
  ES256: JSON.stringify({ alg: "ES256", value: digest }),
  RS256: JSON.stringify({ alg: "RS256", value: digest }),
};

await using vault = await startMeasuredVault();
const create = async (name: string, kty: string) => {
  await vault.send("POST", `/keys/${name}/create`, { kty, key_ops: ["sign"] });
};
const signPath = (name: string) => `/keys/${name}/sign?${query}`;
const measure = async (paths: readonly string[], algorithm: keyof typeof bodies) => {
  const measured: Measured[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const order = { ...vault.order, ...load, paths, body: bodies[algorithm] };
    measured.push(await runLoad(order, vault.servers()));
  }
  const median = (figure: MeasuredFigure) => medianOf(measured, figure);
  return {
    perSecond: median("perSecond").toFixed(0),
    cpu: `${median("cpuPerThousand").toFixed(3)}, ${median("cpuBesidePerThousand").toFixed(3)}`,
    p50: median("p50").toFixed(2),
    p99: median("p99").toFixed(2),
    failures: measured.reduce((sum, each) => sum + each.failures, 0),
  };
};

console.log(`\nAudited signatures over TLS (${rounds} rounds, ${load.connections} connections)`);
console.log("CPU seconds of the vault's process, and of the HSM host's.");
row("", "signatures/s", "CPU s/1,000", "p50, p99 ms");
const show = async (title: string, paths: readonly string[], algorithm: keyof typeof bodies) => {
  const { perSecond, cpu, p50, p99, failures } = await measure(paths, algorithm);
  row(title, perSecond, cpu, failures === 0 ? `${p50}, ${p99}` : `${failures} failed`);
};
for (const [name, kty, algorithm] of [
  ["ec", "EC", "ES256"],
  ["ec-hsm", "EC-HSM", "ES256"],
  ["rsa", "RSA", "RS256"],
  ["rsa-hsm", "RSA-HSM", "RS256"],
] as const) {
  await create(name, kty);
  await show(`one ${kty} key, ${algorithm}`, [signPath(name)], algorithm);
}

const paths = await fillKeys(vault, keys);
await show(
  `${keys} EC-HSM keys in turn, ES256`,
  paths.map((path) => `${path}/sign?${query}`),
  "ES256",
);
const { pid, beside } = vault.servers();
row("the vault then, PSS MB", pssOf(pid).toFixed(0), "<= 250", "");
row("the HSM host then, PSS MB", pssOf(beside).toFixed(0), "", "");
