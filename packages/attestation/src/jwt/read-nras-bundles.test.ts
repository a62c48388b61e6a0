// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { at, bundleOf, forger, issuer, mint, sound } from "../__fixtures__/nras-tokens.ts";
import { readNrasBundles } from "./read-nras-bundles.ts";
import { appraiseNras, verifyNras } from "./verify-nras.ts";

/** The SDK's own token, under the key that it publishes. */
const own = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJOVi1BdHRlc3RhdGlvbi1TREsifQ.AAAA";
const file = (named: object) => utf8(JSON.stringify([["JWT", own], named]));
const verify = (named: object, nonce = "aa") => verifyNras(file(named), issuer, nonce, at);
const gpus = bundleOf({ "GPU-0": mint(sound), "GPU-1": mint({ ...sound, ueid: "1" }) });
const switches = bundleOf({ "SWITCH-0": mint(sound) });

describe("a token of NVIDIA's Python SDK", () => {
  it("is the service's answer beneath it, whatever its own token says", () => {
    const verdict = verify({ REMOTE_GPU_CLAIMS: gpus });
    expect(verdict).toMatchObject({ kind: "verified", claims: { binding: "bound" } });
    const found = verdict.kind === "verified" ? verdict.claims : undefined;
    expect([...(found?.devices.keys() ?? [])]).toEqual(["GPU-0", "GPU-1"]);
    expect(found && appraiseNras(found)).toBeUndefined();
    expect(verdict).toEqual(verifyNras(utf8(JSON.stringify(gpus)), issuer, "aa", at));
  });

  it("may have the answers about GPUs and about switches", () => {
    const verdict = verify({ REMOTE_GPU_CLAIMS: gpus, REMOTE_SWITCH_CLAIMS: switches });
    const found = verdict.kind === "verified" ? verdict.claims : undefined;
    expect([...(found?.devices.keys() ?? [])]).toEqual(["GPU-0", "GPU-1", "SWITCH-0"]);
    const { submods } = Object(found?.overall);
    expect(Object.keys(submods)).toEqual(["GPU-0", "GPU-1", "SWITCH-0"]);
    expect(found && appraiseNras(found)).toBeUndefined();
  });

  it.each<[string, string, object]>([
    [
      "what the machine attested itself",
      "policy-denied",
      { REMOTE_GPU_CLAIMS: gpus, LOCAL_SWITCH_CLAIMS: [["JWT", own], { "SWITCH-0": own }] },
    ],
    [
      "a device that another key vouches for",
      "bad-signature",
      { a: gpus, b: bundleOf({ "SWITCH-0": mint(sound, forger.privateKey) }) },
    ],
    [
      "an answer to another challenge",
      "binding-mismatch",
      { a: bundleOf({ "SWITCH-0": mint({ ...sound, eat_nonce: "bb" }) }, { eat_nonce: "bb" }) },
    ],
    ["a device twice", "binding-mismatch", { a: gpus, b: gpus }],
    ["a token between its bundles", "policy-denied", { a: gpus, b: mint(sound) }],
    ["a list that is no bundle", "malformed", { a: gpus, b: [] }],
    ["a bundle in a bundle", "binding-mismatch", { a: [gpus[0], { b: gpus }] }],
    ["five bundles", "malformed", { a: gpus, b: gpus, c: gpus, d: gpus, e: gpus }],
  ])("is refused with %s: %s", (_, refusal, named) => {
    expect(verify(named)).toMatchObject({ kind: "refused", class: refusal });
  });

  it("has answers to one challenge, where none is expected too", () => {
    const other = bundleOf(
      { "SWITCH-0": mint({ ...sound, eat_nonce: "bb" }) },
      { eat_nonce: "bb" },
    );
    expect(verify({ a: gpus, b: other }, "unbound")).toMatchObject({ class: "binding-mismatch" });
    expect(verify({ a: other }, "unbound")).toMatchObject({ kind: "verified" });
  });

  it.each([0, 1])("is denied where the service does not vouch for one of two: %i", (index) => {
    const no = { "x-nvidia-overall-att-result": false };
    const bundles = [gpus, switches].map((one, place) =>
      place === index ? bundleOf(Object(one[1]), no) : one,
    );
    const verdict = verify({ ...bundles });
    expect(verdict.kind === "verified" && appraiseNras(verdict.claims)).toMatchObject({
      class: "policy-denied",
    });
  });

  it("is read by its form alone", () => {
    expect(readNrasBundles(file({ REMOTE_GPU_CLAIMS: gpus }))).toEqual([
      { overall: Object(gpus[0])[1], devices: gpus[1] },
    ]);
    for (const broken of [{}, [], [[]], [["JWT", 1], {}], [["CWT", "a"], {}], [["JWT", "a"], []]]) {
      expect(() => readNrasBundles(utf8(JSON.stringify(broken)))).toThrow(
        malformedWith("not a bundle of tokens"),
      );
    }
  });
});
