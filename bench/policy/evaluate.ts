// SPDX-License-Identifier: Apache-2.0
/** Release policies: 10,000 with 100 conditions each within a second, and 1 MB of hostile claims within 10 ms. */

import { evaluatePolicy, extendedPolicyVersion, releasePolicySchema } from "@strongroom/core";

import { row } from "../in-node.ts";

const issuer = "https://attest.example";
const at = new Date("2026-06-01T00:00:00Z");
const policies = 10_000;
const conditions = 100;
const hostileBytes = 1_000_000;

const names = Array.from({ length: conditions }, (_, index) => `tee.claim-${index}`);
const claims = { iss: issuer, tee: Object.fromEntries(names.map((_, n) => [`claim-${n}`, n])) };
const policy = releasePolicySchema.parse({
  version: "1.0.0",
  anyOf: [{ authority: issuer, allOf: names.map((claim, index) => ({ claim, equals: index })) }],
});

/** Milliseconds of the quickest of some runs. */
function timed(run: () => void): number {
  const times = Array.from({ length: 5 }, () => {
    const begin = performance.now();
    run();
    return performance.now() - begin;
  });
  return Math.min(...times);
}

console.log("\nRelease policies");
row("", "", "goal", "of the goal");
const all = timed(() => {
  for (let index = 0; index < policies; index += 1) {
    if (evaluatePolicy(policy, { issuer, claims }, at).kind !== "allowed") {
      throw new Error("the policy must allow");
    }
  }
});
say(`${policies} policies with ${conditions} conditions`, all, 1_000);

const asked = (condition: object) =>
  releasePolicySchema.parse({
    version: extendedPolicyVersion,
    anyOf: [{ authority: issuer, allOf: Array(conditions).fill({ claim: "a.b", ...condition }) }],
  });
const hostile: readonly (readonly [string, string, object])[] = [
  ["text", `{"a":{"b":"${"x".repeat(hostileBytes)}"}}`, { startsWith: "y" }],
  ["digits", `{"a":{"b":"${"9".repeat(hostileBytes)}"}}`, { greater: 1 }],
  ["a list", `{"a":{"b":[${"1,".repeat(hostileBytes / 2)}1]}}`, { contains: 2 }],
  [
    "nesting",
    `{"a":{"b":${"[".repeat(hostileBytes / 2)}${"]".repeat(hostileBytes / 2)}}}`,
    { equals: 1 },
  ],
  [
    "names",
    `{"a":{${Array.from({ length: hostileBytes / 12 }, (_, n) => `"k${n}":1`).join()}}}`,
    { equals: 1 },
  ],
];
for (const [what, text, condition] of hostile) {
  const against = asked(condition);
  const parsed = JSON.parse(text);
  const time = timed(() => evaluatePolicy(against, { issuer, claims: parsed }, at));
  say(`1 MB of claims: ${what}`, time, 10);
  row("  JSON.parse of them, ms", timed(() => JSON.parse(text)).toFixed(2), "", "");
}
const slashes = `https://a${"/".repeat(hostileBytes)}b`;
say(
  "1 MB of issuer",
  timed(() => evaluatePolicy(policy, { issuer: slashes, claims }, at)),
  10,
);

function say(what: string, milliseconds: number, goal: number): void {
  row(`${what}, ms`, milliseconds.toFixed(2), `<= ${goal}`, (milliseconds / goal).toFixed(3));
}
