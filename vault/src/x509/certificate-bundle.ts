// SPDX-License-Identifier: Apache-2.0
/** What is imported: a private key, its certificate, and the certificates that certify it. */

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { equalBytes, StrongroomError } from "@strongroom/core";
import { type CertificateFields, readCertificate } from "./certificate-fields.ts";
import { isSameKey, parsePublicKey, spkiOf } from "./public-key.ts";
import { readPem } from "./read-pem.ts";
import { readPfx } from "./read-pfx.ts";

/** A bundle that was read. */
export interface CertificateBundle {
  readonly key: KeyObject;
  readonly leaf: CertificateFields;
  /** All certificates, DER: the leaf first and then its issuers, or as they came. */
  readonly certificates: readonly Uint8Array[];
}

/** A bundle as it came. */
export interface BundleSource {
  readonly form: "pfx" | "pem";
  readonly bytes: Uint8Array;
  readonly password: string;
  readonly order: "chain" | "given";
}

/** Certificates of one bundle, at most. */
const maxCertificates = 32;

/** Reads a bundle. @throws {StrongroomError} `BadParameter` unless it has one key, and the certificate for it. */
export async function readBundle(source: BundleSource): Promise<CertificateBundle> {
  const { keys, certificates } = await open(source);
  try {
    const [pkcs8] = keys;
    if (pkcs8 === undefined || keys.length > 1) {
      throw new StrongroomError("BadParameter", "the bundle does not hold exactly one private key");
    }
    if (certificates.length > maxCertificates) {
      throw new StrongroomError("BadParameter", `more than ${maxCertificates} certificates`);
    }
    const key = parseKey(pkcs8);
    const parsed = certificates.map(readCertificate);
    const leaf = certificateOf(parsed, key);
    const ordered = source.order === "given" ? parsed : chainOrder(leaf, parsed);
    return { key, leaf, certificates: ordered.map(({ der }) => der) };
  } finally {
    for (const key of keys) {
      key.fill(0);
    }
  }
}

/** The leaf, its issuer, that one's issuer and so on; behind them what belongs to no place, as it came. */
export function chainOrder(
  leaf: CertificateFields,
  others: readonly CertificateFields[],
): readonly CertificateFields[] {
  const chain = [leaf];
  const rest = others.filter((other) => other !== leaf);
  for (let last = leaf; !equalBytes(last.issuer, last.subject); ) {
    const index = issuerIndex(last, rest);
    const [issuer] = index < 0 ? [] : rest.splice(index, 1);
    if (issuer === undefined) {
      break;
    }
    chain.push(issuer);
    last = issuer;
  }
  return [...chain, ...rest];
}

/** Of issuers that have the name, the one whose key signed. */
function issuerIndex(certificate: CertificateFields, candidates: readonly CertificateFields[]) {
  return candidates.findIndex(
    ({ subject, publicKey }) =>
      equalBytes(subject, certificate.issuer) &&
      new X509Certificate(certificate.der).verify(parsePublicKey(publicKey)),
  );
}

async function open({ form, bytes, password }: BundleSource) {
  return form === "pfx"
    ? await readPfx(bytes, password)
    : await readPem(Buffer.from(bytes).toString("utf8"), password);
}

function parseKey(pkcs8: Uint8Array): KeyObject {
  try {
    return createPrivateKey({
      key: Buffer.from(pkcs8.buffer, pkcs8.byteOffset, pkcs8.length),
      format: "der",
      type: "pkcs8",
    });
  } catch (cause) {
    throw new StrongroomError("BadParameter", "the private key cannot be read", { cause });
  }
}

function certificateOf(certificates: readonly CertificateFields[], key: KeyObject) {
  const wanted = spkiOf(key);
  const leaf = certificates.find(({ publicKey }) => isSameKey(publicKey, wanted));
  if (leaf === undefined) {
    throw new StrongroomError("BadParameter", "no certificate of the bundle is the private key's");
  }
  return leaf;
}
