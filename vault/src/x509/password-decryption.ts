// SPDX-License-Identifier: Apache-2.0
/** Decryption by password: PBES2 (RFC 8018 section 6.2), and the PKCS#12 forms that older software makes (RFC 7292 appendix C). */

import { createDecipheriv, pbkdf2 } from "node:crypto";
import { promisify } from "node:util";
import { concatBytes, StrongroomError, utf8 } from "@strongroom/core";
import { type Asn1, childOf, octetsOf, oidOf, smallIntegerOf } from "./ber.ts";
import { utf16be } from "./der.ts";
import { derivePkcs12Key, purpose } from "./pkcs12-key.ts";
import { decryptRc2Cbc } from "./rc2.ts";

/** Rounds of PBKDF2 that a file may ask for; they run beside other requests. */
const maxIterations = 2_000_000;

/** Pseudo-random functions of PBKDF2. */
const prfs: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.2.7", "sha1"],
  ["1.2.840.113549.2.8", "sha224"],
  ["1.2.840.113549.2.9", "sha256"],
  ["1.2.840.113549.2.10", "sha384"],
  ["1.2.840.113549.2.11", "sha512"],
]);

interface Cipher {
  readonly name: string;
  /** Bytes. */
  readonly key: number;
}

const ciphers: ReadonlyMap<string, Cipher> = new Map([
  ["2.16.840.1.101.3.4.1.2", { name: "aes-128-cbc", key: 16 }],
  ["2.16.840.1.101.3.4.1.22", { name: "aes-192-cbc", key: 24 }],
  ["2.16.840.1.101.3.4.1.42", { name: "aes-256-cbc", key: 32 }],
  ["1.2.840.113549.3.7", { name: "des-ede3-cbc", key: 24 }],
]);

const legacyCiphers: ReadonlyMap<string, Cipher> = new Map([
  ["1.2.840.113549.1.12.1.3", { name: "des-ede3-cbc", key: 24 }],
  ["1.2.840.113549.1.12.1.4", { name: "des-ede-cbc", key: 16 }],
  ["1.2.840.113549.1.12.1.5", { name: "rc2", key: 16 }],
  ["1.2.840.113549.1.12.1.6", { name: "rc2", key: 5 }],
]);

const pbes2 = "1.2.840.113549.1.5.13";
const pbkdf2Id = "1.2.840.113549.1.5.12";

/** PKCS#12 passwords: UTF-16, big-endian, ended by a zero. RFC 7292 appendix B.1. */
export function pkcs12Password(password: string): Uint8Array<ArrayBuffer> {
  return concatBytes(utf16be(password), new Uint8Array(2));
}

/**
 * Decrypts; the caller wipes the plaintext.
 *
 * @param algorithm AlgorithmIdentifier of the encryption.
 * @param legacyPassword Password as PKCS#12's own key derivation takes it.
 * @throws {StrongroomError} `BadParameter` if the password is wrong or the algorithm unknown.
 */
export async function decryptWithPassword(
  algorithm: Asn1,
  password: { readonly text: string; readonly legacy: Uint8Array },
  ciphertext: Uint8Array,
): Promise<Uint8Array> {
  const id = oidOf(childOf(algorithm, 0));
  const legacy = legacyCiphers.get(id);
  if (id === pbes2) {
    return await decryptPbes2(childOf(algorithm, 1), password.text, ciphertext);
  }
  if (legacy === undefined) {
    throw new StrongroomError("BadParameter", "encrypted with an algorithm that is not known here");
  }
  return await decryptLegacy(legacy, { algorithm, password: password.legacy, ciphertext });
}

async function decryptPbes2(parameters: Asn1, password: string, ciphertext: Uint8Array) {
  const scheme = childOf(parameters, 1);
  const cipher = ciphers.get(oidOf(childOf(scheme, 0)));
  if (cipher === undefined) {
    throw new StrongroomError("BadParameter", "encrypted with an algorithm that is not known here");
  }
  const key = await deriveWithPbkdf2(childOf(parameters, 0), password, cipher.key);
  return decipher(cipher.name, { key, iv: octetsOf(childOf(scheme, 1)), ciphertext });
}

/** @param algorithm AlgorithmIdentifier of PBKDF2. RFC 8018 appendix A.2. */
export async function deriveWithPbkdf2(
  algorithm: Asn1,
  password: string,
  length: number,
): Promise<Uint8Array> {
  const parameters = childOf(algorithm, 1);
  const iterations = smallIntegerOf(childOf(parameters, 1));
  const prf = parameters.children.slice(2).find(({ tag }) => tag === 0x30);
  const digest = prf === undefined ? "sha1" : prfs.get(oidOf(prf.children[0]));
  if (oidOf(childOf(algorithm, 0)) !== pbkdf2Id || digest === undefined) {
    throw new StrongroomError("BadParameter", "a key derivation that is not known here");
  }
  if (iterations < 1 || iterations > maxIterations) {
    throw new StrongroomError(
      "BadParameter",
      `a password is to be hashed more than ${maxIterations} times`,
    );
  }
  const salt = octetsOf(childOf(parameters, 0));
  return await promisify(pbkdf2)(utf8(password), salt, iterations, length, digest);
}

interface LegacyEncryption {
  readonly algorithm: Asn1;
  readonly password: Uint8Array;
  readonly ciphertext: Uint8Array;
}

async function decryptLegacy(
  cipher: Cipher,
  { algorithm, password, ciphertext }: LegacyEncryption,
): Promise<Uint8Array> {
  const parameters = childOf(algorithm, 1);
  const common = {
    ...({ hash: "sha1", password } as const),
    salt: octetsOf(childOf(parameters, 0)),
    iterations: smallIntegerOf(childOf(parameters, 1)),
  };
  const key = await derivePkcs12Key({ ...common, purpose: purpose.encryption, length: cipher.key });
  const iv = await derivePkcs12Key({ ...common, purpose: purpose.iv, length: 8 });
  return cipher.name === "rc2"
    ? decryptRc2Cbc(key, iv, ciphertext)
    : decipher(cipher.name, { key, iv, ciphertext });
}

interface Encrypted {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
}

function decipher(name: string, { key, iv, ciphertext }: Encrypted): Uint8Array {
  try {
    // Two-key DES is three-key DES whose third key is the first.
    const whole = name === "des-ede-cbc" ? concatBytes(key, key.subarray(0, 8)) : key;
    const cipher = createDecipheriv(name.replace("ede-", "ede3-"), whole, iv);
    return concatBytes(cipher.update(ciphertext), cipher.final());
  } catch (cause) {
    throw new StrongroomError("BadParameter", "the password is not right, or the file is damaged", {
      cause,
    });
  }
}
