// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { fromHex, utf8 } from "@strongroom/core";
import {
  ak,
  akJwk,
  attempt,
  type Changes,
  pcr,
  runtimeData,
  short,
} from "../__fixtures__/azure-attempts.ts";
import { toSnpClaims } from "../snp/snp-claims.ts";
import { toAzureClaims } from "./azure-claims.ts";

describe("an Azure machine's evidence", () => {
  it.each([
    ["a bare signature", {}],
    ["the TPM's form of a signature", { scheme: "0014000b0100" }],
    ["padding after the report", { tail: 500 }],
    ["a request of version 2, with what it can do", { extension: Uint8Array.of(3, 0, 0, 0) }],
    ["a request of version 2 with nothing more", { header: { 1220: 2 } }],
    ["a request that says more", { extension: new Uint8Array(64).fill(0x7b) }],
    ["its user data", { expected: { userData: fromHex("ab".repeat(64)) } }],
  ])("is verified with %s", (_, changes: Changes) => {
    expect(attempt(changes)).toMatchObject({ kind: "verified", claims: { binding: "bound" } });
  });

  it("is bound by user data alone, and by nothing where nothing is expected", () => {
    const unbound = { extraData: "unbound" } as const;
    const userData = fromHex("ab".repeat(64));
    expect(attempt({ expected: { ...unbound, userData } })).toMatchObject({
      claims: { binding: "bound" },
    });
    expect(attempt({ expected: unbound })).toMatchObject({ claims: { binding: "unbound" } });
  });

  it("has the hardware's claims under the name of their own, and ours at the top", () => {
    const verdict = attempt();
    const facts = verdict.kind === "verified" ? verdict.claims : undefined;
    const hardware = facts === undefined ? {} : toSnpClaims(facts.hardware);
    const isOurs = ([name]: readonly [string, unknown]) => name.startsWith("x-strongroom-");
    const [ours, theirs] = [true, false].map((wanted) =>
      Object.fromEntries(Object.entries(hardware).filter((one) => isOurs(one) === wanted)),
    );
    expect(facts && toAzureClaims(facts, hardware)).toEqual({
      ...ours,
      "x-ms-attestation-type": "azurevm",
      "x-ms-azurevm-attested-pcr-values": { pcr0: Buffer.alloc(32, 0x11).toString("base64") },
      "x-ms-azurevm-attested-pcrs": [0],
      "x-ms-azurevm-vmid": "VM-1",
      "x-ms-isolation-tee": { ...theirs, "x-ms-runtime": facts?.runtimeData.json },
      "x-strongroom-pcrs": { sha256: { "0": pcr } },
    });
    expect(theirs).toMatchObject({ "x-ms-attestation-type": "sevsnpvm" });
    expect(ours).toMatchObject({ "x-strongroom-class": "software" });
  });

  it("names no machine that has no id", () => {
    const verdict = attempt({ json: runtimeData({ "vm-configuration": {} }) });
    const claims = verdict.kind === "verified" ? toAzureClaims(verdict.claims, {}) : {};
    expect(Object.keys(claims)).not.toContain("x-ms-azurevm-vmid");
    expect(Object.keys(claims)).toHaveLength(5);
  });

  it.each<[string, string, Changes]>([
    ["runtime data that the hardware does not vouch for", "binding-mismatch", { boundTo: "{}" }],
    ["a report that a guest asked for", "binding-mismatch", { vmpl: 2 }],
    ["a report that the host asked for", "binding-mismatch", { vmpl: 0xffffffff }],
    ["report data with more than a digest", "binding-mismatch", { tailOfReportData: 1 }],
    [
      "a quote by another key",
      "bad-signature",
      { signer: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey },
    ],
    ["a signature of another scheme", "bad-signature", { scheme: "0016000b0100" }],
    ["a signature over another hash", "bad-signature", { scheme: "0014000c0100" }],
    ["a signature of a scheme that is none", "malformed", { scheme: "0099000b0100" }],
    ["a statement that no TPM made", "malformed", { magic: "00544347" }],
    [
      "an answer to another challenge",
      "binding-mismatch",
      { expected: { extraData: utf8("abd") } },
    ],
    ["other user data", "binding-mismatch", { expected: { userData: new Uint8Array(64) } }],
    [
      "no user data",
      "binding-mismatch",
      { json: runtimeData({ "user-data": undefined }), expected: { userData: new Uint8Array(64) } },
    ],
    [
      "user data of zeros, which nobody wrote",
      "binding-mismatch",
      {
        json: runtimeData({ "user-data": "00".repeat(64) }),
        expected: { userData: new Uint8Array(64) },
      },
    ],
    ["another pcr value", "binding-mismatch", { pcrs: { "0": "22".repeat(32) } }],
    ["a pcr that was not quoted", "binding-mismatch", { pcrs: { "0": pcr, "7": pcr } }],
    ["a required pcr missing", "binding-mismatch", { expected: { requiredPcrs: { sha256: [7] } } }],
    ["two attestation keys", "malformed", { json: runtimeData({ keys: [akJwk(), akJwk()] }) }],
    [
      "no attestation key",
      "malformed",
      { json: runtimeData({ keys: [akJwk(ak.publicKey, "HCLEkPub")] }) },
    ],
    [
      "an attestation key that may do more",
      "malformed",
      { json: runtimeData({ keys: [{ ...akJwk(), key_ops: ["sign", "encrypt"] }] }) },
    ],
    [
      "a short attestation key",
      "malformed",
      { json: runtimeData({ keys: [akJwk(short.publicKey)] }) },
    ],
    ["a name twice", "malformed", { json: `{"keys":[],${runtimeData().slice(1)}` }],
    [
      "a name twice, one of them escaped",
      "malformed",
      { json: `{"k\\u0065ys":[],${runtimeData().slice(1)}` },
    ],
    ["another magic", "malformed", { header: { 0: 1 } }],
    ["another version", "malformed", { header: { 4: 3 } }],
    ["another hardware", "malformed", { header: { 1224: 3 } }],
    ["another hash", "malformed", { header: { 1228: 4 } }],
    ["a hash that was not used", "binding-mismatch", { header: { 1228: 2 } }],
    ["a length beyond its end", "malformed", { header: { 1232: 100_000 } }],
    ["a request shorter than its parts", "malformed", { header: { 1216: 19, 1220: 2 } }],
    ["a request that says too much", "malformed", { extension: new Uint8Array(65) }],
    [
      "runtime data that begin elsewhere than the request says",
      "binding-mismatch",
      { extension: new Uint8Array(4), header: { 1220: 1 } },
    ],
    ["a TDREPORT without a quote", "endorsements-unavailable", { header: { 1224: 4 } }],
  ])("is refused with %s: %s", (_, refusal, changes) => {
    expect(attempt(changes)).toMatchObject({ kind: "refused", class: refusal });
  });
});
