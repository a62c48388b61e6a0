// SPDX-License-Identifier: Apache-2.0
/** TPMT_SIGNATURE: layout and parsing. TPM 2.0 Part 2, section 11.3.4. */

import { ByteReader, malformed } from "../byte-reader.ts";
import { type TpmHash, toTpmHash, tpmAlgorithm } from "./algorithms.ts";

/** Longest RSA signature: a key of 4096 bits. */
const longestRsa = 512;

/** Longest ECDSA component: P-521. */
const longestComponent = 66;

/** A signature with its scheme. `r` and `s` may be shorter than the curve's field. */
export type TpmSignature =
  | { readonly algorithm: "rsassa" | "rsapss"; readonly hash: TpmHash; readonly value: Uint8Array }
  | {
      readonly algorithm: "ecdsa";
      readonly hash: TpmHash;
      readonly r: Uint8Array;
      readonly s: Uint8Array;
    };

/**
 * Parses a signature, all bytes of it.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if it is none, or of a scheme other than RSASSA, RSAPSS, ECDSA.
 */
export function parseTpmSignature(bytes: Uint8Array): TpmSignature {
  const reader = new ByteReader(bytes);
  const scheme = reader.u16();
  const hash = toTpmHash(reader.u16());
  const signature = readValue(reader, scheme, hash);
  reader.end();
  return signature;
}

function readValue(reader: ByteReader, scheme: number, hash: TpmHash): TpmSignature {
  switch (scheme) {
    case tpmAlgorithm.rsassa:
      return { algorithm: "rsassa", hash, value: reader.sized16(longestRsa) };
    case tpmAlgorithm.rsapss:
      return { algorithm: "rsapss", hash, value: reader.sized16(longestRsa) };
    case tpmAlgorithm.ecdsa:
      return {
        algorithm: "ecdsa",
        hash,
        r: reader.sized16(longestComponent),
        s: reader.sized16(longestComponent),
      };
    default:
      throw malformed(`signature scheme 0x${scheme.toString(16)} is not known`);
  }
}
