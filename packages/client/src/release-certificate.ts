// SPDX-License-Identifier: Apache-2.0
/** The certificate of a release key: signed by the pinned release root, alive, and short-lived. RFC 5280. */

import { type KeyObject, X509Certificate } from "node:crypto";
import { StrongroomError } from "@strongroom/core";

/** Longest life of a release key's certificate in milliseconds: 30 days. */
const maxLifetime = 30 * 24 * 60 * 60 * 1_000;

/**
 * The release key of a chain [leaf, root].
 *
 * @param chain `x5c` of the statement: base64 DER.
 * @param pinnedRootSha256 Fingerprint of the root's certificate, hexadecimal.
 * @throws {StrongroomError} `ResponseUntrusted`
 */
export function verifyReleaseCertificate(
  chain: readonly string[],
  pinnedRootSha256: string,
  at: Date,
): KeyObject {
  const [leaf, root, ...rest] = chain.map((der) => new X509Certificate(Buffer.from(der, "base64")));
  if (leaf === undefined || root === undefined || rest.length > 0) {
    throw untrusted("the release key has no certificate of two links");
  }
  if (root.fingerprint256.replaceAll(":", "").toLowerCase() !== pinnedRootSha256.toLowerCase()) {
    throw untrusted("the release key is not of the pinned root");
  }
  if (leaf.ca || !leaf.checkIssued(root) || !leaf.verify(root.publicKey)) {
    throw untrusted("the release key is not certified by the root");
  }
  if (!isValidAt(root, at) || !isValidAt(leaf, at) || lifetimeOf(leaf) > maxLifetime) {
    throw untrusted("the release key's certificate is expired, too early or too long-lived");
  }
  if (leaf.publicKey.asymmetricKeyDetails?.namedCurve !== "prime256v1") {
    throw untrusted("the release key is not on P-256");
  }
  return leaf.publicKey;
}

function isValidAt(certificate: X509Certificate, at: Date): boolean {
  return certificate.validFromDate <= at && at <= certificate.validToDate;
}

function lifetimeOf(certificate: X509Certificate): number {
  return certificate.validToDate.getTime() - certificate.validFromDate.getTime();
}

function untrusted(message: string): StrongroomError {
  return new StrongroomError("ResponseUntrusted", message);
}
