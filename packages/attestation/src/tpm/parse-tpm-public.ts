// SPDX-License-Identifier: Apache-2.0
/** TPMT_PUBLIC of RSA and elliptic-curve keys: layout and parsing. TPM 2.0 Part 2, section 12.2.4. */

import { ByteReader, malformed } from "../byte-reader.ts";
import { toTpmHash, tpmAlgorithm } from "./algorithms.ts";
import type { TpmCurve, TpmPublic, TpmScheme } from "./tpm-public.ts";

const limits = { policy: 64, modulus: 512, coordinate: 66 } as const;

/** TPM_ECC_CURVE, and the bytes of each curve's field. */
const curves: ReadonlyMap<number, { readonly curve: TpmCurve; readonly bytes: number }> = new Map([
  [0x0003, { curve: "P-256", bytes: 32 }],
  [0x0004, { curve: "P-384", bytes: 48 }],
  [0x0005, { curve: "P-521", bytes: 66 }],
]);

const schemes: ReadonlyMap<number, TpmScheme["algorithm"]> = new Map([
  [tpmAlgorithm.rsassa, "rsassa"],
  [tpmAlgorithm.rsapss, "rsapss"],
  [tpmAlgorithm.ecdsa, "ecdsa"],
] as const);

/**
 * Parses a key's public area, all bytes of it.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if it is none, or of a type, curve or scheme that is not known here.
 */
export function parseTpmPublic(bytes: Uint8Array): TpmPublic {
  const reader = new ByteReader(bytes);
  const type = reader.u16();
  const head = { nameAlgorithm: toTpmHash(reader.u16()), attributes: reader.u32() };
  reader.sized16(limits.policy);
  passSymmetric(reader);
  const common = { ...head, scheme: readScheme(reader), encoded: bytes.slice() };
  switch (type) {
    case tpmAlgorithm.rsa:
      return { type: "rsa", ...common, ...readRsa(reader) };
    case tpmAlgorithm.ecc:
      return { type: "ecc", ...common, ...readEcc(reader) };
    default:
      throw malformed(`key of type 0x${type.toString(16)}`);
  }
}

/** What a storage key protects with: an algorithm, the bits of its key, a mode. */
function passSymmetric(reader: ByteReader): void {
  const algorithm = reader.u16();
  if (algorithm === tpmAlgorithm.null) {
    return;
  }
  reader.u16();
  if (algorithm !== tpmAlgorithm.aes || reader.u16() !== tpmAlgorithm.cfb) {
    throw malformed("symmetric algorithm is not AES-CFB");
  }
}

function readScheme(reader: ByteReader): TpmScheme | undefined {
  const identifier = reader.u16();
  if (identifier === tpmAlgorithm.null) {
    return undefined;
  }
  const algorithm = schemes.get(identifier);
  if (algorithm === undefined) {
    throw malformed(`key scheme 0x${identifier.toString(16)} is not known`);
  }
  return { algorithm, hash: toTpmHash(reader.u16()) };
}

function readRsa(reader: ByteReader) {
  const keyBits = reader.u16();
  const exponent = reader.u32();
  const modulus = reader.sized16(limits.modulus);
  reader.end();
  if (modulus.length * 8 !== keyBits || (modulus[0] ?? 0) < 0x80) {
    throw malformed("modulus does not have the size that the key says");
  }
  return { keyBits, exponent: exponent === 0 ? 65537 : exponent, modulus };
}

function readEcc(reader: ByteReader) {
  const identifier = reader.u16();
  const known = curves.get(identifier);
  if (known === undefined) {
    throw malformed(`curve 0x${identifier.toString(16)} is not known`);
  }
  if (reader.u16() !== tpmAlgorithm.null) {
    throw malformed("key derivation schemes are not known");
  }
  const x = leftPad(reader.sized16(limits.coordinate), known.bytes);
  const y = leftPad(reader.sized16(limits.coordinate), known.bytes);
  reader.end();
  return { curve: known.curve, x, y };
}

/** Pads a big-endian number with zeros to `length` bytes. @throws {StrongroomError} `EvidenceMalformed` if longer. */
export function leftPad(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  if (bytes.length > length) {
    throw malformed(`number of ${bytes.length} bytes where the field has ${length}`);
  }
  const padded = new Uint8Array(length);
  padded.set(bytes, length - bytes.length);
  return padded;
}
