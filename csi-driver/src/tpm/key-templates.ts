// SPDX-License-Identifier: Apache-2.0
/** Template of the attestation key: a TPM makes the same primary key of the same template each time. TPM 2.0 Part 1, 27.2. */

import { objectAttribute, tpm2b, tpmAlgorithm, u16be } from "@strongroom/attestation";
import { concatBytes, sha256, u32be, utf8 } from "@strongroom/core";

const empty = new Uint8Array();

/** TPM_ECC_NIST_P256. */
const p256 = 0x0003;

const bound =
  objectAttribute.fixedTpm | objectAttribute.fixedParent | objectAttribute.sensitiveDataOrigin;

/** Gives our key a place of its own among all keys that the same TPM makes of otherwise equal templates. */
const akUnique = sha256(utf8("strongroom/tpm-ak/v1"));

/**
 * The attestation key: restricted ECDSA P-256 with SHA-256, empty password. It needs no storage: it is derived from
 * the endorsement seed again whenever it is wanted. Failed uses do not count against the TPM's lockout.
 */
export const attestationKeyTemplate: Uint8Array = concatBytes(
  u16be(tpmAlgorithm.ecc),
  u16be(tpmAlgorithm.sha256),
  u32be(
    bound |
      objectAttribute.userWithAuth |
      objectAttribute.noDictionaryAttack |
      objectAttribute.restricted |
      objectAttribute.sign,
  ),
  tpm2b(empty),
  u16be(tpmAlgorithm.null),
  concatBytes(u16be(tpmAlgorithm.ecdsa), u16be(tpmAlgorithm.sha256)),
  u16be(p256),
  u16be(tpmAlgorithm.null),
  concatBytes(tpm2b(akUnique), tpm2b(empty)),
);
