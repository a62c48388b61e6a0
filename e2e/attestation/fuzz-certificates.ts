// SPDX-License-Identifier: Apache-2.0
/** Parsers of certificates, of the extensions that are read of them, and of what says that they were revoked. */

import { createPublicKey, generateKeyPairSync } from "node:crypto";
import {
  createAmdVendor,
  createNvidiaVendor,
  der,
  encodePlatform,
  mintIntelCrl,
  mintIntelEvidence,
  objectId,
  pemOf,
  sequence,
} from "@strongroom/testing";
import { ekChain, tpmSan } from "../../packages/attestation/src/__fixtures__/ek-chain.ts";
import { malformed } from "../../packages/attestation/src/byte-reader.ts";
import { readPckPlatform } from "../../packages/attestation/src/dcap/pck-certificate.ts";
import { readTpmIdentity } from "../../packages/attestation/src/ek/tpm-identity.ts";
import { readAmdLeaf } from "../../packages/attestation/src/snp/amd-certificate.ts";
import {
  type Certificate,
  parseCertificate,
  parsePemCertificates,
} from "../../packages/attestation/src/x509/certificate.ts";
import { assertDer, firstDerValue } from "../../packages/attestation/src/x509/der.ts";
import {
  caConstraint,
  extendedKeyUsage,
  hasKeyUsage,
  keyUsage,
} from "../../packages/attestation/src/x509/extensions.ts";
import { certificateBytes } from "../../packages/attestation/src/x509/limits.ts";
import {
  isOcspResponse,
  parseOcspResponse,
} from "../../packages/attestation/src/x509/ocsp-response.ts";
import { parsePemBlocks } from "../../packages/attestation/src/x509/pem.ts";
import { parseRevocationList } from "../../packages/attestation/src/x509/revocation-list.ts";
import { bytesOf, type FuzzTarget, target, textOf } from "./fuzz-target.ts";

/** All of them. */
export function certificateTargets(): readonly FuzzTarget[] {
  const { pki } = mintIntelEvidence();
  const vendor = createAmdVendor("Milan");
  const pem = bytesOf(pemOf("CERTIFICATE", pki.pck.der));
  const lists = [
    vendor.crl({ revoked: [1, 2] }),
    mintIntelCrl({ issuer: pki.ca, revoked: [1] }),
  ] as const;
  return [
    target("certificate", parseCertificate, 2, pki.pck.der, vendor.ask, ekChain().leaf),
    target("AMD key's certificate", (der) => readAmdLeaf(parseCertificate(der)), 2, vendor.leaf()),
    target("revocation list", parseRevocationList, 5, ...lists),
    target("DER", assertDer, 20, pki.pck.der),
    target("first DER value", firstDerValue, 60, pki.ca.der),
    target("PEM certificates", (bytes) => parsePemCertificates(textOf(bytes)), 30, pem),
    target("PEM blocks", (bytes) => parsePemBlocks(textOf(bytes)), 30, pem),
    ...extensions(),
    ...ocsp(),
  ];
}

/** A certificate that has this value for an extension, and nothing else: only the extension is read of it. */
function withExtension(oid: string, value: Uint8Array): Certificate {
  if (value.length > certificateBytes) {
    throw malformed("a certificate is no longer than that");
  }
  const extensions = new Map([[oid, { critical: true, value }]]);
  return { extensions } as unknown as Certificate;
}

/** Extensions by themselves: in a certificate that is changed, hardly one of them is reached. */
function extensions(): readonly FuzzTarget[] {
  const of = (
    name: string,
    read: (certificate: Certificate) => unknown,
    oid: string,
    ...values: [Uint8Array, ...Uint8Array[]]
  ) => target(name, (bytes) => read(withExtension(oid, bytes)), 10, ...values);
  const named = new Uint8Array(tpmSan.extnValue.valueBlock.valueHexView);
  const hex = (text: string) => new Uint8Array(Buffer.from(text, "hex"));
  return [
    of("platform of a PCK", readPckPlatform, sgx, encodePlatform(), severalPackages()),
    of("TPM's maker", readTpmIdentity, "2.5.29.17", named),
    of("basic constraints", caConstraint, "2.5.29.19", hex("30060101ff020101")),
    of("key usage", (one) => hasKeyUsage(one, keyUsage.crlSign), "2.5.29.15", hex("03020106")),
    of("purposes", extendedKeyUsage, "2.5.29.37", hex("300a06082b06010505070309")),
  ];
}

const sgx = "1.2.840.113741.1.13.1";

/** A platform of several packages: an instance, and what it is configured to. */
function severalPackages(): Uint8Array {
  const entry = (id: string, value: Uint8Array) => sequence(objectId(`${sgx}.${id}`), value);
  const yes = der(0x01, Uint8Array.of(0xff));
  const flags = ["7.1", "7.2", "7.3"].map((id) => entry(id, yes));
  const instance = entry("6", der(0x04, new Uint8Array(16)));
  const own = encodePlatform();
  return sequence(
    own.subarray(own.length > 0x83 ? 4 : 2),
    instance,
    entry("7", sequence(...flags)),
  );
}

function ocsp(): readonly FuzzTarget[] {
  const vendor = createNvidiaVendor();
  const { privateKey: key } = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const responder = { name: "responder", key, certificate: vendor.delegate(key) };
  const good = vendor.revocation({ nonce: new Uint8Array(32), responder });
  const others = (["revoked", "revoked without a reason", "hold", "unknown"] as const).map(
    (status) => vendor.revocation({ status, byKey: true, hash: "sha256" }),
  );
  const none = vendor.revocation({ outcome: 1 });
  const parse = (der: Uint8Array) => parseOcspResponse(der)?.isSignedBy(createPublicKey(key));
  return [
    target("OCSP response", parse, 30, good, ...others, none),
    target("OCSP response, told apart", isOcspResponse, 30, good, none),
  ];
}
