// SPDX-License-Identifier: Apache-2.0
/** Whom to trust about TPMs: Google's roots, or the certificates and keys that the user names instead. */

import {
  type AttestationAnchor,
  type AttestationRoot,
  collectTpmKeys,
  gceTpmRoots,
  keyFingerprint,
  parseCertificate,
  parseTpmPublic,
  type TpmKeys,
  tpmPublicKey,
} from "@strongroom/attestation";

/** Roots: those in the files alone, or those that are pinned where there are none. */
export function readAttestationRoots(files: readonly Uint8Array[]): readonly AttestationRoot[] {
  if (files.length === 0) {
    return gceTpmRoots;
  }
  return collectTpmKeys(files)
    .certificates.map((der) => parseCertificate(der).fingerprint)
    .map(
      (fingerprint) =>
        gceTpmRoots.find((root) => root.fingerprint === fingerprint) ?? {
          ...{ name: "configured", class: "software", fingerprint },
        },
    );
}

/** Keys that the user named: trusted because they did, of a TPM or not. */
export function toGivenAnchors({ keys, publicAreas }: TpmKeys): readonly AttestationAnchor[] {
  const all = [...keys, ...publicAreas.map((area) => tpmPublicKey(parseTpmPublic(area)))];
  return all.map((key) => ({
    key,
    root: { name: "given", class: "software", fingerprint: keyFingerprint(key) },
  }));
}
