// SPDX-License-Identifier: Apache-2.0
/** Trust roots that a user names instead of the vendors': certificates in PEM or DER, pinned by their fingerprint. */

import { createHash } from "node:crypto";
import { type DcapRoot, intelSgxRoot, parsePemCertificates } from "@strongroom/attestation";
import { toHex } from "@strongroom/core";

/** Roots for DCAP quotes: Intel's, or those in the files alone, which nobody vouches for as hardware. */
export function readDcapRoots(files: readonly Uint8Array[]): readonly DcapRoot[] {
  if (files.length === 0) {
    return [intelSgxRoot];
  }
  return files.flatMap(toCertificates).map((der) => {
    const fingerprint = toHex(new Uint8Array(createHash("sha256").update(der).digest()));
    const isIntel = fingerprint === intelSgxRoot.fingerprint;
    return isIntel ? intelSgxRoot : { name: "configured", class: "software", fingerprint };
  });
}

function toCertificates(file: Uint8Array): readonly Uint8Array[] {
  return file[0] === 0x30 ? [file] : parsePemCertificates(Buffer.from(file).toString("latin1"));
}
