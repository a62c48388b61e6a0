// SPDX-License-Identifier: Apache-2.0
/** Whom to trust about TPMs: the roots of Google's and Azure's, or the certificates and keys that the user names instead. */

import {
  type AttestationAnchor,
  type AttestationRoot,
  azureTpmRoots,
  collectTpmKeys,
  gceTpmRoots,
  keyFingerprint,
  parseCertificate,
  parseTpmPublic,
  type TpmKeys,
  tpmPublicKey,
} from "@strongroom/attestation";

const pinned: readonly AttestationRoot[] = [...gceTpmRoots, ...azureTpmRoots];

/** Roots: those in the files alone, or those that are pinned where there are none. */
export function readAttestationRoots(files: readonly Uint8Array[]): readonly AttestationRoot[] {
  if (files.length === 0) {
    return pinned;
  }
  return collectTpmKeys(files)
    .certificates.map((der) => parseCertificate(der).fingerprint)
    .map(
      (fingerprint) =>
        pinned.find((root) => root.fingerprint === fingerprint) ?? {
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
