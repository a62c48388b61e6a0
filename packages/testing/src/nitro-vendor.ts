// SPDX-License-Identifier: Apache-2.0
/** A Nitro for tests: a root of its own, documents with any field and any fault. */

import { Buffer } from "node:buffer";
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import { type CborValue, cbor } from "./cbor.ts";
import { bitString, commonName, der, integer, objectId, sequence, time } from "./der.ts";

/** A certificate of the chain, where it differs from what is usual. */
export interface NitroCertificateRequest {
  readonly isCa?: boolean;
  readonly pathLength?: number;
  /** Bits of keyUsage's one byte. */
  readonly usage?: number;
  readonly notAfter?: Date;
  readonly curve?: "P-384" | "P-256";
  readonly critical?: boolean;
}

/** A document, where it differs from what is usual; a field that is undefined is left out. */
export interface NitroDocumentRequest {
  readonly fields?: Readonly<Record<string, CborValue | undefined>>;
  /** Pairs that are written after the fields, whatever is among these. */
  readonly extra?: readonly (readonly [CborValue, CborValue])[];
  readonly leaf?: NitroCertificateRequest;
  readonly intermediate?: NitroCertificateRequest;
  readonly protectedHeader?: Uint8Array;
  readonly unprotectedHeader?: CborValue;
  readonly bundle?: (usual: readonly Uint8Array[]) => readonly Uint8Array[];
  readonly signer?: KeyObject;
}

/** A vendor; the fingerprint is the SHA-256 of its root's certificate. */
export interface NitroVendor {
  readonly fingerprint: string;
  readonly document: (request?: NitroDocumentRequest) => Uint8Array;
}

const start = new Date("2026-06-01T00:00:00Z");
const leafEnd = new Date("2026-06-01T03:00:03Z");
const caEnd = new Date("2049-01-01T00:00:00Z");
const ecdsaSha384 = sequence(objectId("1.2.840.10045.4.3.3"));
const usages = { ca: 0x06, leaf: 0x80 } as const;

/** Makes a vendor. */
export function createNitroVendor(): NitroVendor {
  const keys = { root: ecKey("P-384"), intermediate: ecKey("P-384"), leaf: ecKey("P-384") };
  const root = certify("root", { subject: "root", key: keys.root, issuerKey: keys.root }, {});
  return {
    fingerprint: createHash("sha256").update(root).digest("hex"),
    document: (request = {}) => {
      // Signed by the key of P-384 all the same, so that only the certificate is at fault.
      const leafKey = request.leaf?.curve === "P-256" ? ecKey("P-256") : keys.leaf;
      const intermediate = certify(
        "root",
        { subject: "intermediate", key: keys.intermediate, issuerKey: keys.root },
        request.intermediate ?? {},
      );
      const leaf = certify(
        "intermediate",
        { subject: "leaf", key: leafKey, issuerKey: keys.intermediate },
        { isCa: false, usage: usages.leaf, notAfter: leafEnd, ...request.leaf },
      );
      const bundle = request.bundle?.([root, intermediate]) ?? [root, intermediate];
      return signDocument(request, { leaf, bundle, key: request.signer ?? keys.leaf });
    },
  };
}

interface Signing {
  readonly leaf: Uint8Array;
  readonly bundle: readonly Uint8Array[];
  readonly key: KeyObject;
}

function signDocument(request: NitroDocumentRequest, { leaf, bundle, key }: Signing): Uint8Array {
  const pcrs = Array.from(
    { length: 16 },
    (_, index) => [index, Buffer.alloc(48, index + 1)] as const,
  );
  const fields: Readonly<Record<string, CborValue | undefined>> = {
    module_id: "i-0123456789abcdef0-enc0123456789abcdef",
    digest: "SHA384",
    timestamp: start.getTime() + 1000,
    pcrs: { pairs: pcrs },
    certificate: leaf,
    cabundle: bundle,
    public_key: null,
    user_data: null,
    nonce: Buffer.from("nonce"),
    ...request.fields,
  };
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const payload = cbor({ pairs: [...pairs, ...(request.extra ?? [])] });
  const header = request.protectedHeader ?? cbor({ pairs: [[1, -35]] });
  const signed = cbor(["Signature1", header, new Uint8Array(), payload]);
  const signature = sign("sha384", signed, { key, dsaEncoding: "ieee-p1363" });
  return cbor([header, request.unprotectedHeader ?? { pairs: [] }, payload, signature]);
}

interface Subject {
  readonly subject: string;
  readonly key: KeyObject;
  readonly issuerKey: KeyObject;
}

function certify(issuer: string, who: Subject, request: NitroCertificateRequest): Uint8Array {
  const isCa = request.isCa ?? true;
  const bits = request.usage ?? usages.ca;
  const unused = Math.min(7, 31 - Math.clz32(bits & -bits));
  const pathLength = request.pathLength === undefined ? [] : [integer(request.pathLength)];
  const constraint = sequence(...(isCa ? [der(0x01, Uint8Array.of(0xff)), ...pathLength] : []));
  const extensions = [
    extension("2.5.29.19", constraint),
    extension("2.5.29.15", der(0x03, Uint8Array.of(unused, bits))),
    ...(request.critical ? [extension("1.2.3.4", der(0x05))] : []),
  ];
  const body = sequence(
    der(0xa0, integer(2)),
    integer(7),
    ecdsaSha384,
    commonName(issuer),
    sequence(time(start), time(request.notAfter ?? caEnd)),
    commonName(who.subject),
    publicKeyOf(who.key),
    der(0xa3, sequence(...extensions)),
  );
  return sequence(body, ecdsaSha384, bitString(sign("sha384", body, who.issuerKey)));
}

function extension(oid: string, value: Uint8Array): Uint8Array {
  return sequence(objectId(oid), der(0x01, Uint8Array.of(0xff)), der(0x04, value));
}

function ecKey(namedCurve: "P-384" | "P-256"): KeyObject {
  return generateKeyPairSync("ec", { namedCurve }).privateKey;
}

function publicKeyOf(key: KeyObject): Uint8Array {
  return createPublicKey(key).export({ type: "spki", format: "der" });
}
