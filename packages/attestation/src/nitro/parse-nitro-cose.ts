// SPDX-License-Identifier: Apache-2.0
/** The COSE_Sign1 of an attestation document: ES384, and no header but that. AWS Nitro Enclaves, "Verifying the root of trust". */

import { type CoseProfile, type CoseSign1, parseCoseSign1 } from "../cose-sign1.ts";

const profile: CoseProfile = {
  algorithms: ["ES384"],
  protectedLabels: [],
  unprotectedLabels: [],
};

/** @throws {StrongroomError} `EvidenceMalformed` if the bytes are not exactly one such COSE_Sign1. */
export function parseNitroCose(bytes: Uint8Array): CoseSign1 {
  return parseCoseSign1(bytes, profile);
}
