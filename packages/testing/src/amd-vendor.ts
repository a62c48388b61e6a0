// SPDX-License-Identifier: Apache-2.0
/** An AMD for tests: its own roots, chips' and providers' keys, reports with any field and any fault. */

import { Buffer } from "node:buffer";
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import {
  type AmdCrlRequest,
  amdCaExtensions,
  amdDates,
  certifyAmd,
  makeAmdCrl,
} from "./amd-certificate.ts";
import { der, integer, objectId, sequence } from "./der.ts";

/** A product's name at AMD. */
type Product = "Milan" | "Genoa" | "Turin";

/** What a certificate of a signing key says, where it differs from what is usual. */
export interface AmdLeafRequest {
  readonly kind?: "vcek" | "vlek";
  readonly productName?: string;
  /** TCB_VERSION of eight bytes, as in the report. */
  readonly tcb?: Uint8Array;
  readonly hwId?: Uint8Array;
  readonly cspId?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly publicKey?: KeyObject;
  /** Extensions by identifier, in place of or beside the usual; undefined leaves one out. */
  readonly extensions?: Readonly<Record<string, Uint8Array | undefined>>;
  readonly criticalExtension?: string;
}

/** A vendor with keys of its own; certificates in DER, fingerprints as SHA-256 in hexadecimal. */
export interface AmdVendor {
  readonly product: Product;
  readonly ark: Uint8Array;
  readonly ask: Uint8Array;
  readonly asvk: Uint8Array;
  readonly fingerprints: { readonly ark: string; readonly ask: string; readonly asvk: string };
  /** Usual values of what its chip reports. */
  readonly chip: { readonly id: Uint8Array; readonly tcb: Uint8Array };
  readonly leaf: (request?: AmdLeafRequest) => Uint8Array;
  /** Signs a report of 1184 bytes in place of what is in its signature. */
  readonly sign: (report: Uint8Array) => Uint8Array;
  readonly crl: (request?: AmdCrlRequest) => Uint8Array;
}

/** Serial numbers of the signing keys' certificates. */
export const amdSerial = { ark: 0x10000, ask: 0x10001, asvk: 0x10101 } as const;

const arc = "1.3.6.1.4.1.3704.1";

/** Makes a vendor of one product; its RSA keys have 2048 bits, which are made faster than AMD's 4096. */
export function createAmdVendor(product: Product): AmdVendor {
  const keys = { ark: rsaKey(), ask: rsaKey(), asvk: rsaKey() };
  const chipKey = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const names = { ark: `ARK-${product}`, ask: `SEV-${product}`, asvk: `SEV-VLEK-${product}` };
  const ca = (which: "ark" | "ask" | "asvk") =>
    certifyAmd({
      ...{ issuer: names.ark, key: keys.ark, subject: names[which], serial: amdSerial[which] },
      ...{
        publicKey: createPublicKey(keys[which]),
        notBefore: amdDates.start,
        notAfter: amdDates.end,
      },
      extensions: amdCaExtensions,
    });
  const certificates = { ark: ca("ark"), ask: ca("ask"), asvk: ca("asvk") };
  const chip = usualChip(product);
  return {
    product,
    ...certificates,
    fingerprints: {
      ark: fingerprint(certificates.ark),
      ask: fingerprint(certificates.ask),
      asvk: fingerprint(certificates.asvk),
    },
    chip,
    leaf: (request = {}) => {
      const signer = request.kind === "vlek" ? "asvk" : "ask";
      return certifyAmd({
        ...{ issuer: names[signer], key: keys[signer], serial: 0 },
        subject: request.kind === "vlek" ? "SEV-VLEK" : "SEV-VCEK",
        publicKey: request.publicKey ?? chipKey.publicKey,
        notBefore: request.notBefore ?? amdDates.start,
        notAfter: request.notAfter ?? amdDates.leafEnd,
        extensions: leafExtensions(product, chip, request),
      });
    },
    sign: (report) => signReport(report, chipKey.privateKey),
    crl: (request = {}) => makeAmdCrl(names.ark, keys.ark, request),
  };
}

function usualChip(product: Product) {
  const isTurin = product === "Turin";
  const id = Buffer.alloc(isTurin ? 8 : 64, 0xc1);
  const tcb = isTurin ? [1, 1, 1, 4, 0, 0, 0, 0x51] : [4, 0, 0, 0, 0, 0, 24, 0xdb];
  return { id: new Uint8Array(id), tcb: Uint8Array.from(tcb) };
}

function leafExtensions(product: Product, chip: AmdVendor["chip"], request: AmdLeafRequest) {
  const order = product === "Turin" ? [9, 1, 2, 3, 5, 6, 7, 8] : [1, 2, 4, 5, 6, 7, 3, 8];
  const tcb = request.tcb ?? chip.tcb;
  const spls = order.map((number, at) => [`${arc}.3.${number}`, integer(tcb[at] ?? 0)] as const);
  const holder: readonly [string, Uint8Array] =
    request.kind === "vlek"
      ? [`${arc}.5`, der(0x16, Buffer.from(request.cspId ?? "CN=test.provider"))]
      : [`${arc}.4`, request.hwId ?? chip.id];
  const values: Readonly<Record<string, Uint8Array | undefined>> = {
    [`${arc}.1`]: integer(product === "Turin" ? 1 : 0),
    [`${arc}.2`]: der(0x16, Buffer.from(request.productName ?? `${product}-B0`)),
    ...Object.fromEntries(spls),
    [holder[0]]: holder[1],
    ...request.extensions,
  };
  return Object.entries(values).flatMap(([oid, value]) => {
    const critical = oid === request.criticalExtension ? [der(0x01, Uint8Array.of(0xff))] : [];
    return value === undefined ? [] : [sequence(objectId(oid), ...critical, der(0x04, value))];
  });
}

function signReport(report: Uint8Array, key: KeyObject): Uint8Array {
  const signed = Uint8Array.from(report);
  const rs = sign("sha384", signed.subarray(0, 0x2a0), { key, dsaEncoding: "ieee-p1363" });
  signed.fill(0, 0x2a0);
  signed.set(Uint8Array.from(rs.subarray(0, 48)).reverse(), 0x2a0);
  signed.set(Uint8Array.from(rs.subarray(48)).reverse(), 0x2a0 + 72);
  return signed;
}

function rsaKey(): KeyObject {
  return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
}

function fingerprint(certificate: Uint8Array): string {
  return createHash("sha256").update(certificate).digest("hex");
}
