// SPDX-License-Identifier: Apache-2.0
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex, u32be, utf8 } from "@strongroom/core";
import { createAmdVendor, makeAmdReport } from "@strongroom/testing";
import { toSnpClaims } from "../snp/snp-claims.ts";
import { toAzureClaims } from "./azure-claims.ts";
import { type AzureVtpmExpectation, verifyAzureVtpm } from "./verify-azure-vtpm.ts";
import { snpHardware } from "./verify-hardware.ts";

const vendor = createAmdVendor("Genoa");
const ak = generateKeyPairSync("rsa", { modulusLength: 2048 });
const short = generateKeyPairSync("rsa", { modulusLength: 1024 });
const pcr = "11".repeat(32);

function akJwk(key: KeyObject = ak.publicKey, kid = "HCLAkPub") {
  const { n, e } = key.export({ format: "jwk" });
  return { kid, key_ops: ["sign"], kty: "RSA", e, n };
}

function runtimeData(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    keys: [akJwk()],
    "vm-configuration": { "tpm-enabled": true, vmUniqueId: "VM-1" },
    "user-data": "ab".repeat(64),
    ...changes,
  });
}

interface Changes {
  readonly json?: string;
  readonly boundTo?: string;
  readonly header?: Readonly<Record<number, number>>;
  readonly tail?: number;
  readonly signer?: KeyObject;
  readonly magic?: string;
  readonly expected?: Partial<AzureVtpmExpectation>;
  readonly pcrs?: Readonly<Record<string, string>>;
  /** TPMT_SIGNATURE's scheme, hash and length, hexadecimal; the signature is bare without them. */
  readonly scheme?: string;
  readonly tailOfReportData?: number;
}

function hclReport({
  json = runtimeData(),
  header = {},
  tail = 0,
  ...changes
}: Changes): Uint8Array {
  const reportData = new Uint8Array(64);
  reportData.set(
    createHash("sha256")
      .update(changes.boundTo ?? json)
      .digest(),
  );
  reportData[63] = changes.tailOfReportData ?? 0;
  const content = utf8(json);
  const bytes = new Uint8Array(1236 + content.length + 10 + tail);
  const view = new DataView(bytes.buffer);
  const words = { 0: 0x414c4348, 4: 1, 1224: 2, 1228: 1, 1232: content.length, ...header };
  bytes.set(vendor.sign(makeAmdReport(vendor, { reportData })), 32);
  for (const [at, word] of Object.entries(words)) {
    view.setUint32(Number(at), word, true);
  }
  bytes.set(content, 1236);
  return bytes;
}

function quoteBytes(magic = "ff544347"): Uint8Array {
  const digest = createHash("sha256").update(fromHex(pcr)).digest();
  return concatBytes(
    fromHex(`${magic}8018`),
    fromHex("0000"),
    fromHex("0003"),
    utf8("abc"),
    new Uint8Array(17),
    new Uint8Array(8),
    u32be(1),
    fromHex("000b03010000"),
    fromHex("0020"),
    digest,
  );
}

function attempt(changes: Changes = {}) {
  const quote = quoteBytes(changes.magic);
  const raw = new Uint8Array(sign("sha256", quote, changes.signer ?? ak.privateKey));
  const signature = concatBytes(fromHex(changes.scheme ?? ""), raw);
  const { ark, ask, asvk } = vendor.fingerprints;
  const root = { name: "test", class: "software" as const, product: vendor.product };
  const trust = {
    roots: [{ ...root, ark, ask: [ask], asvk: [asvk] }],
    revocation: "if-given" as const,
  };
  const certificates = [vendor.leaf(), vendor.ask, vendor.ark];
  const hardware = snpHardware({ certificates, crls: [] }, trust, new Date("2026-06-01T00:00:00Z"));
  const usual = {
    extraData: utf8("abc"),
    userData: "unbound",
    requiredPcrs: { sha256: [0] },
  } as const;
  const pcrs = { sha256: changes.pcrs ?? { "0": pcr } };
  const evidence = { hclReport: hclReport(changes), quote, signature, pcrs };
  return verifyAzureVtpm(evidence, hardware, { ...usual, ...changes.expected });
}

describe("an Azure machine's evidence", () => {
  it.each([
    ["a bare signature", {}],
    ["the TPM's form of a signature", { scheme: "0014000b0100" }],
    ["padding after the report", { tail: 500 }],
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
    expect(Object.keys(claims)).toHaveLength(4);
  });

  it.each<[string, string, Changes]>([
    ["runtime data that the hardware does not vouch for", "binding-mismatch", { boundTo: "{}" }],
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
    ["a TDREPORT without a quote", "endorsements-unavailable", { header: { 1224: 4 } }],
  ])("is refused with %s: %s", (_, refusal, changes) => {
    expect(attempt(changes)).toMatchObject({ kind: "refused", class: refusal });
  });
});
