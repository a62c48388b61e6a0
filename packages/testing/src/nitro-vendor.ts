// SPDX-License-Identifier: Apache-2.0
/** A Nitro for tests: a root of its own, documents with any field and any fault. */

import { Buffer } from "node:buffer";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { type CborValue, cbor } from "./cbor.ts";
import { certifyP384, type P384CertificateRequest } from "./p384-certificate.ts";

/** A certificate of the chain, where it differs from what is usual. */
export interface NitroCertificateRequest extends P384CertificateRequest {
  readonly curve?: "P-384" | "P-256";
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

const usualStart = new Date("2026-06-01T00:00:00Z");
const leafLife = 3 * 3_600_000 + 3_000;
const leafUsage = 0x80;

/** Makes a vendor, whose certificates are valid from `start` on: the leaves' for three hours. */
export function createNitroVendor(
  start: Date = usualStart,
  rootRequest: P384CertificateRequest = {},
): NitroVendor {
  const leafEnd = new Date(start.getTime() + leafLife);
  const keys = { root: ecKey("P-384"), intermediate: ecKey("P-384"), leaf: ecKey("P-384") };
  const root = certify(
    "root",
    { subject: "root", key: keys.root, issuerKey: keys.root, start },
    rootRequest,
  );
  return {
    fingerprint: createHash("sha256").update(root).digest("hex"),
    document: (request = {}) => {
      // Signed by the key of P-384 all the same, so that only the certificate is at fault.
      const leafKey = request.leaf?.curve === "P-256" ? ecKey("P-256") : keys.leaf;
      const intermediate = certify(
        "root",
        { subject: "intermediate", key: keys.intermediate, issuerKey: keys.root, start },
        request.intermediate,
      );
      const leaf = certify(
        "intermediate",
        { subject: "leaf", key: leafKey, issuerKey: keys.intermediate, start },
        { isCa: false, usage: leafUsage, notAfter: leafEnd, ...request.leaf },
      );
      const bundle = request.bundle?.([root, intermediate]) ?? [root, intermediate];
      return signDocument(request, {
        ...{ leaf, bundle, key: request.signer ?? keys.leaf, start },
      });
    },
  };
}

interface Signing {
  readonly leaf: Uint8Array;
  readonly bundle: readonly Uint8Array[];
  readonly key: KeyObject;
  readonly start: Date;
}

function signDocument(
  request: NitroDocumentRequest,
  { leaf, bundle, key, start }: Signing,
): Uint8Array {
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
  readonly start: Date;
}

function certify(
  issuer: string,
  { start, ...who }: Subject,
  request: P384CertificateRequest = {},
): Uint8Array {
  return certifyP384({ issuer, ...who }, { notBefore: start, ...request });
}

function ecKey(namedCurve: "P-384" | "P-256"): KeyObject {
  return generateKeyPairSync("ec", { namedCurve }).privateKey;
}
