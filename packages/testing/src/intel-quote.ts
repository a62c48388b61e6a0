// SPDX-License-Identifier: Apache-2.0
/** Mints DCAP quotes and their endorsements under an Intel of our own; every field can be changed before it is signed. */

import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import { pemOf } from "./der.ts";
import type { IntelPki } from "./intel-pki.ts";

/** Kinds of quotes: enclave or trust domain, and the version of the quote. */
export type IntelQuoteKind = "sgx3" | "sgx4" | "sgx5" | "td10-4" | "td10-5" | "td15-5" | "td15ex-5";

/** What shall be different, each before the signature over it is made unless it says otherwise. */
export interface IntelQuoteChanges {
  /** Changes header and body in place. */
  readonly signed?: (bytes: Buffer) => void;
  readonly qeReport?: (report: Buffer) => void;
  /** Signs in the PCK's place. */
  readonly pckKey?: KeyObject;
  readonly certificates?: readonly Uint8Array[];
  /** Changes the finished quote in place; nothing is signed again. */
  readonly finished?: (quote: Buffer) => void;
}

const bodyBytes = { sgx: 384, td10: 584, td15: 648, td15ex: 885 } as const;
const bodyType = { sgx: 1, td10: 2, td15: 3, td15ex: 4 } as const;
/** MRSIGNER of our quoting enclaves, hexadecimal. */
export const intelQeSigner = "dc".repeat(32);

/** Where the body begins. */
export function intelBodyOffset(kind: IntelQuoteKind): number {
  return version(kind) === 5 ? 54 : 48;
}

function version(kind: IntelQuoteKind): number {
  return Number(kind.at(-1));
}

/** Whether it is a trust domain's, and of which TDX. */
export function intelBodyShape(kind: IntelQuoteKind): keyof typeof bodyBytes {
  const [family] = kind.split("-");
  return family === "td10" || family === "td15" || family === "td15ex" ? family : "sgx";
}

/** Mints a quote. */
export function mintIntelQuote(
  kind: IntelQuoteKind,
  pki: IntelPki,
  changes: IntelQuoteChanges = {},
): Uint8Array {
  const attestation = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const signed = Buffer.concat([header(kind), framedBody(kind)]);
  changes.signed?.(signed);
  const point = createPublicKey(attestation).export({ type: "spki", format: "der" }).subarray(-64);
  const authentication = Buffer.alloc(32, 0x0a);
  const report = qeReport(point, authentication);
  changes.qeReport?.(report);
  const certified = Buffer.concat([
    report,
    signRaw(report, changes.pckKey ?? pki.pck.key),
    u16(authentication.length),
    authentication,
    u16(5),
    sized(Buffer.from((changes.certificates ?? chain(pki)).map(toPem).join(""))),
  ]);
  const nested = version(kind) === 3 ? certified : Buffer.concat([u16(6), sized(certified)]);
  const signature = Buffer.concat([signRaw(signed, attestation), point, nested]);
  const quote = Buffer.concat([signed, sized(signature)]);
  changes.finished?.(quote);
  return new Uint8Array(quote);
}

function chain(pki: IntelPki): readonly Uint8Array[] {
  return [pki.pck.der, pki.ca.der, pki.root.der];
}

function toPem(der: Uint8Array): string {
  return pemOf("CERTIFICATE", der);
}

function header(kind: IntelQuoteKind): Buffer {
  const bytes = Buffer.alloc(48);
  bytes.writeUInt16LE(version(kind), 0);
  bytes.writeUInt16LE(2, 2);
  bytes.writeUInt32LE(intelBodyShape(kind) === "sgx" ? 0 : 0x81, 4);
  bytes.write("939a7233f79c4ca9940a0db3957f0607", 12, "hex");
  return bytes;
}

const extension = [
  2,
  ...[32, 48, 48, 8, 16, 16, 12, 48, 8].flatMap((length, index) =>
    Array<number>(length).fill(0xe0 + index),
  ),
];

/** The usual body of a kind, before anything was changed in it: an enclave's or a trust domain's report. */
export function intelQuoteBody(kind: IntelQuoteKind): Buffer {
  const form = intelBodyShape(kind);
  const bytes = Buffer.alloc(bodyBytes[form]);
  if (form === "sgx") {
    bytes.writeUInt8(0x05, 48);
    bytes.writeUInt8(0x03, 56);
    bytes.fill(0x77, 64, 96);
    bytes.fill(0xd0, 320, 384);
  } else {
    // Module 1.5 of version 4, SEAM loader 2.
    bytes.set([4, 1, 2], 0);
    bytes.writeUInt8(0x10, 123);
    bytes.set([0xe7, 0x02, 0x06], 128);
    bytes.fill(0x77, 136, 184);
    bytes.fill(0xd0, 520, 584);
    bytes.set(form === "td10" ? [] : [4, 1, 2], 584);
  }
  if (form === "td15ex") {
    // The rest of TD 1.5ex: machine 2 of the TD, its id, then fields of 48, 48, 8, 16, 16, 12, 48 and 8 bytes.
    bytes.set(extension, 648);
  }
  return bytes;
}

/** The body as it stands in a quote: since version 5 behind its type and size. */
function framedBody(kind: IntelQuoteKind): Buffer {
  const body = intelQuoteBody(kind);
  return version(kind) === 5
    ? Buffer.concat([u16(bodyType[intelBodyShape(kind)]), sized(body)])
    : body;
}

function qeReport(point: Buffer, authentication: Buffer): Buffer {
  const report = Buffer.alloc(384);
  report.writeUInt8(0x11, 48);
  report.write(intelQeSigner, 128, "hex");
  report.writeUInt16LE(2, 256);
  report.writeUInt16LE(4, 258);
  createHash("sha256").update(point).update(authentication).digest().copy(report, 320);
  return report;
}

/** ECDSA with SHA-256: r and s, 64 bytes. */
export function signRaw(message: Uint8Array, key: KeyObject): Buffer {
  return sign("sha256", message, { key, dsaEncoding: "ieee-p1363" });
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function sized(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  return Buffer.concat([length, content]);
}
