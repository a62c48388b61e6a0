// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { sha256, toHex, utf8 } from "@strongroom/core";
import { at, forger, issuer, mint, sound } from "../__fixtures__/nras-tokens.ts";
import { appraiseNras, verifyNras } from "./verify-nras.ts";

interface Case {
  readonly gpu?: string;
  readonly digestOf?: string;
  readonly overall?: object;
  readonly devices?: object;
  readonly label?: string;
  readonly entry?: (digest: string) => unknown;
  readonly more?: object;
  readonly bundle?: unknown;
  readonly nonce?: string;
  readonly anyIssuer?: true;
}

function attempt(changes: Case = {}) {
  const gpu = changes.gpu ?? mint(sound);
  const digest = toHex(sha256(utf8(changes.digestOf ?? gpu)));
  const entry = changes.entry?.(digest) ?? ["DIGEST", ["SHA-256", digest]];
  const submods = { "GPU-0": entry, ...changes.more };
  const overall = mint({ "x-nvidia-overall-att-result": true, submods, ...changes.overall });
  const bundle = changes.bundle ?? [
    [changes.label ?? "JWT", overall],
    changes.devices ?? { "GPU-0": gpu },
  ];
  const trusted = changes.anyIssuer ? { ...issuer, issuer: "unbound" as const } : issuer;
  return verifyNras(utf8(JSON.stringify(bundle)), trusted, changes.nonce ?? "aa", at);
}

/** As many devices with one token. */
function named(count: number): Readonly<Record<string, string>> {
  const token = mint(sound);
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`GPU-${index}`, token]));
}

describe("tokens of NVIDIA's service", () => {
  it("are verified, and their devices sound", () => {
    const verdict = attempt();
    expect(verdict).toMatchObject({ kind: "verified", claims: { binding: "bound" } });
    expect(verdict.kind === "verified" && appraiseNras(verdict.claims)).toBeUndefined();
  });

  it("may stand in what nvattest prints", () => {
    const gpu = mint(sound);
    const submods = { "GPU-0": ["DIGEST", ["SHA-256", toHex(sha256(utf8(gpu)))]] };
    const overall = mint({ "x-nvidia-overall-att-result": true, submods });
    const printed = { detached_eat: [["JWT", overall], { "GPU-0": gpu }], result_code: 0 };
    expect(attempt({ bundle: printed }).kind).toBe("verified");
    expect(attempt({ bundle: { detached_eat: 0 } })).toMatchObject({ class: "malformed" });
  });

  it.each<[string, string, Case]>([
    ["another nonce", "binding-mismatch", { nonce: "bb" }],
    [
      "a device that answered another challenge",
      "binding-mismatch",
      { gpu: mint({ ...sound, eat_nonce: "bb" }) },
    ],
    [
      "a device's token that was exchanged",
      "binding-mismatch",
      { digestOf: mint({ measres: "fail" }) },
    ],
    [
      "a device that another key vouches for",
      "bad-signature",
      { gpu: mint(sound, forger.privateKey) },
    ],
    [
      "a device too many",
      "binding-mismatch",
      { devices: { "GPU-0": mint(sound), "GPU-1": mint(sound) } },
    ],
    ["a device too few", "malformed", { devices: {} }],
    ["no digests", "malformed", { overall: { submods: undefined } }],
    ["another form", "malformed", { label: "CWT" }],
    ["another kind of digest", "binding-mismatch", { entry: (one) => ["HASH", ["SHA-256", one]] }],
    [
      "a digest of another hash",
      "binding-mismatch",
      { entry: (one) => ["DIGEST", ["SHA-1", one]] },
    ],
    ["a digest in its place", "binding-mismatch", { entry: (one) => one }],
    ["a digest that is none", "binding-mismatch", { entry: () => ["DIGEST", "SHA-256"] }],
    ["a device that is no token", "binding-mismatch", { devices: { "GPU-0": 1 } }],
    ["a device left out", "binding-mismatch", { more: { "GPU-1": ["DIGEST", []] } }],
    ["a device of another name", "binding-mismatch", { devices: { "GPU-1": mint(sound) } }],
    ["devices in a list", "malformed", { devices: [] }],
    ["33 devices", "malformed", { devices: named(33) }],
    ["an object for its list", "malformed", { bundle: {} }],
    ["its tokens in no list", "malformed", { bundle: ["JWT", {}] }],
    ["a number for its token", "malformed", { bundle: [["JWT", 1], {}] }],
  ])("are refused with %s: %s", (_, refusal, changes) => {
    expect(attempt(changes)).toMatchObject({ kind: "refused", class: refusal });
  });

  it("are of 32 devices at most, each by its name; one that is exchanged is seen", () => {
    const devices = named(32);
    const entries = Object.entries(devices).map(([name, token]) => {
      return [name, ["DIGEST", ["SHA-256", toHex(sha256(utf8(token)))]]] as const;
    });
    const verdict = attempt({ devices, overall: { submods: Object.fromEntries(entries) } });
    expect(verdict).toMatchObject({ kind: "verified", claims: { binding: "bound" } });
    const found = verdict.kind === "verified" ? [...verdict.claims.devices.keys()] : [];
    expect(found).toEqual(Object.keys(devices));
    const last = { ...devices, "GPU-31": mint({ measres: "fail" }) };
    const submods = Object.fromEntries(entries);
    expect(attempt({ devices: last, overall: { submods } })).toMatchObject({
      class: "binding-mismatch",
    });
  });

  it("are unbound where no nonce is expected, but of one answer all the same", () => {
    expect(attempt({ nonce: "unbound" })).toMatchObject({ claims: { binding: "unbound" } });
    const devices = [{ eat_nonce: "bb" }, { eat_nonce: undefined }, { iss: "https://nras.other" }];
    for (const claims of devices) {
      const gpu = mint({ ...sound, ...claims });
      expect(attempt({ gpu, nonce: "unbound", anyIssuer: true })).toMatchObject({
        ...{ class: "binding-mismatch", reason: expect.stringContaining("GPU-0") },
      });
    }
  });

  it("may be long: a device says much of itself where it differs", () => {
    const gpu = (index: number) => mint({ ...sound, index, records: "x".repeat(20_000) });
    const devices = Object.fromEntries([0, 1, 2].map((index) => [`GPU-${index}`, gpu(index)]));
    const submods = Object.fromEntries(
      Object.entries(devices).map(([name, token]) => [
        name,
        ["DIGEST", ["SHA-256", toHex(sha256(utf8(token)))]],
      ]),
    );
    expect(attempt({ devices, overall: { submods } })).toMatchObject({ kind: "verified" });
  });

  it.each<[string, Case]>([
    ["the service says no", { overall: { "x-nvidia-overall-att-result": false } }],
    ["measurements differ", { gpu: mint({ ...sound, measres: "fail" }) }],
    ["debugging is on", { gpu: mint({ ...sound, dbgstat: "enabled" }) }],
    ["boot was not secure", { gpu: mint({ ...sound, secboot: undefined }) }],
  ])("are denied where %s", (_, changes) => {
    const verdict = attempt(changes);
    expect(verdict.kind === "verified" && appraiseNras(verdict.claims)).toMatchObject({
      class: "policy-denied",
    });
  });
});
