// SPDX-License-Identifier: Apache-2.0
/** Evidence of Azure's confidential machines by a test vendor, and verdicts about it and about what was changed of it. */

import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { concatBytes, fromHex, u32be, utf8 } from "@strongroom/core";
import { createAmdVendor, makeAmdReport } from "@strongroom/testing";
import { type AzureVtpmExpectation, verifyAzureVtpm } from "../azure/verify-azure-vtpm.ts";
import { snpHardware } from "../azure/verify-hardware.ts";

const vendor = createAmdVendor("Genoa");
/** The attestation key. */
export const ak = generateKeyPairSync("rsa", { modulusLength: 2048 });
/** A key that is too short. */
export const short = generateKeyPairSync("rsa", { modulusLength: 1024 });
/** The value of the register that is quoted. */
export const pcr = "11".repeat(32);

/** The attestation key as the paravisor names it. */
export function akJwk(key: KeyObject = ak.publicKey, kid = "HCLAkPub") {
  const { n, e } = key.export({ format: "jwk" });
  return { kid, key_ops: ["sign"], kty: "RSA", e, n };
}

/** What the paravisor says. */
export function runtimeData(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    keys: [akJwk()],
    "vm-configuration": { "tpm-enabled": true, vmUniqueId: "VM-1" },
    "user-data": "ab".repeat(64),
    ...changes,
  });
}

/** What is other than usual. */
export interface Changes {
  readonly json?: string;
  readonly boundTo?: string;
  readonly header?: Readonly<Record<number, number>>;
  /** What stands between request and runtime data, whose version is 2 then. */
  readonly extension?: Uint8Array;
  readonly tail?: number;
  readonly signer?: KeyObject;
  readonly magic?: string;
  readonly expected?: Partial<AzureVtpmExpectation>;
  readonly pcrs?: Readonly<Record<string, string>>;
  /** TPMT_SIGNATURE's scheme, hash and length, hexadecimal; the signature is bare without them. */
  readonly scheme?: string;
  readonly tailOfReportData?: number;
  /** Who asked for the hardware's report. */
  readonly vmpl?: number;
}

function hclReport({
  json = runtimeData(),
  header = {},
  tail = 0,
  extension = new Uint8Array(),
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
  const bytes = new Uint8Array(1236 + extension.length + content.length + 10 + tail);
  const view = new DataView(bytes.buffer);
  const request = { 1216: 20 + extension.length + content.length, 1220: extension.length ? 2 : 1 };
  const usual = { 0: 0x414c4348, 4: 1, ...request, 1224: 2, 1228: 1, 1232: content.length };
  bytes.set(vendor.sign(makeAmdReport(vendor, { reportData, vmpl: changes.vmpl ?? 0 })), 32);
  for (const [at, word] of Object.entries({ ...usual, ...header })) {
    view.setUint32(Number(at), word, true);
  }
  bytes.set(extension, 1236);
  bytes.set(content, 1236 + extension.length);
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

/** The verdict about the evidence. */
export function attempt(changes: Changes = {}) {
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
