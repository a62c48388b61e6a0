// SPDX-License-Identifier: Apache-2.0
/** PFX files without a password, as Key Vault's secrets hold them. RFC 7292; PBES2 with AES-256 and HMAC-SHA-256. */

import { createCipheriv, createHash, createHmac, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { concatBytes } from "@strongroom/core";
import {
  asn1Null,
  type Der,
  explicit,
  implicit,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  smallInteger,
} from "./der.ts";
import { pkcs12Password } from "./password-decryption.ts";
import { derivePkcs12Key, purpose } from "./pkcs12-key.ts";

/** What goes into the file. */
export interface PfxParts {
  /** PKCS#8, DER; absent where the key may not leave. */
  readonly key: Uint8Array | undefined;
  /** DER; the first is the key's. */
  readonly certificates: readonly Uint8Array[];
}

/** The password is empty, so rounds protect nothing; readers expect some. */
const iterations = 2_048;
const hmacWithSha256 = sequence(objectIdentifier("1.2.840.113549.2.9"), asn1Null);
const data = objectIdentifier("1.2.840.113549.1.7.1");

/** A PFX file; the caller wipes it. */
export async function writePfx({ key, certificates }: PfxParts): Promise<Uint8Array> {
  const [leaf] = certificates;
  const keyId = createHash("sha1")
    .update(leaf ?? new Uint8Array())
    .digest();
  const bags = certificates.map((certificate, index) =>
    certificateBag(certificate, index === 0 && key !== undefined ? keyId : undefined),
  );
  const safes = [await encryptedSafe(sequence(...bags))];
  if (key !== undefined) {
    safes.push(plainSafe(sequence(await keyBag(key, keyId))));
  }
  const authSafe = sequence(...safes);
  return sequence(smallInteger(3), plainSafe(authSafe), await macData(authSafe));
}

function plainSafe(content: Uint8Array): Der {
  return sequence(data, explicit(0, octetString(content)));
}

async function encryptedSafe(content: Uint8Array): Promise<Der> {
  const { algorithm, ciphertext } = await encrypt(content);
  const encrypted = sequence(data, algorithm, implicit(0, ciphertext));
  return sequence(
    objectIdentifier("1.2.840.113549.1.7.6"),
    explicit(0, sequence(smallInteger(0), encrypted)),
  );
}

function certificateBag(certificate: Uint8Array, keyId: Uint8Array | undefined): Der {
  const value = sequence(
    objectIdentifier("1.2.840.113549.1.9.22.1"),
    explicit(0, octetString(certificate)),
  );
  return sequence(
    objectIdentifier("1.2.840.113549.1.12.10.1.3"),
    explicit(0, value),
    ...(keyId === undefined ? [] : [localKeyId(keyId)]),
  );
}

async function keyBag(key: Uint8Array, keyId: Uint8Array): Promise<Der> {
  const { algorithm, ciphertext } = await encrypt(key);
  return sequence(
    objectIdentifier("1.2.840.113549.1.12.10.1.2"),
    explicit(0, sequence(algorithm, octetString(ciphertext))),
    localKeyId(keyId),
  );
}

/** Says which certificate is the key's. RFC 2985 section 5.5.2. */
function localKeyId(keyId: Uint8Array): Der {
  return setOf(sequence(objectIdentifier("1.2.840.113549.1.9.21"), setOf(octetString(keyId))));
}

/** PBES2. RFC 8018 appendix A.4. */
async function encrypt(plaintext: Uint8Array) {
  const salt = randomBytes(16);
  const iv = randomBytes(16);
  const key = await promisify(pbkdf2)("", salt, iterations, 32, "sha256");
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  const ciphertext = concatBytes(cipher.update(plaintext), cipher.final());
  const derivation = sequence(
    objectIdentifier("1.2.840.113549.1.5.12"),
    sequence(octetString(salt), smallInteger(iterations), hmacWithSha256),
  );
  const scheme = sequence(objectIdentifier("2.16.840.1.101.3.4.1.42"), octetString(iv));
  const algorithm = sequence(
    objectIdentifier("1.2.840.113549.1.5.13"),
    sequence(derivation, scheme),
  );
  return { algorithm, ciphertext };
}

async function macData(content: Uint8Array): Promise<Der> {
  const salt = new Uint8Array(randomBytes(16));
  const key = await derivePkcs12Key({
    ...({ hash: "sha256", salt, iterations, purpose: purpose.mac, length: 32 } as const),
    password: pkcs12Password(""),
  });
  const mac = createHmac("sha256", key).update(content).digest();
  const sha256 = sequence(objectIdentifier("2.16.840.1.101.3.4.2.1"), asn1Null);
  return sequence(sequence(sha256, octetString(mac)), octetString(salt), smallInteger(iterations));
}
