// SPDX-License-Identifier: Apache-2.0
/** PFX files: private keys and certificates out of every form that is met. RFC 7292. */

import { StrongroomError } from "@strongroom/core";
import { type Asn1, childOf, octetsOf, oidOf, readBer } from "./ber.ts";
import { decryptWithPassword, pkcs12Password } from "./password-decryption.ts";
import { isPfxIntact } from "./pfx-mac.ts";

/** What a PFX file holds. */
export interface PfxContent {
  /** PKCS#8, DER; the caller wipes them. */
  readonly keys: readonly Uint8Array[];
  /** DER, in the file's order. */
  readonly certificates: readonly Uint8Array[];
}

const data = "1.2.840.113549.1.7.1";
const encryptedData = "1.2.840.113549.1.7.6";
const x509Certificate = "1.2.840.113549.1.9.22.1";
const bag = {
  key: "1.2.840.113549.1.12.10.1.1",
  shroudedKey: "1.2.840.113549.1.12.10.1.2",
  certificate: "1.2.840.113549.1.12.10.1.3",
  nested: "1.2.840.113549.1.12.10.1.6",
} as const;

interface Password {
  readonly text: string;
  readonly legacy: Uint8Array;
}

/** Reads a PFX file. @throws {StrongroomError} `BadParameter` if it is none, or the password is wrong. */
export async function readPfx(bytes: Uint8Array, password: string): Promise<PfxContent> {
  const pfx = readBer(bytes);
  const authSafe = contentOf(childOf(pfx, 1));
  const known = await findPassword(pfx.children[2], authSafe, password);
  const keys: Uint8Array[] = [];
  const certificates: Uint8Array[] = [];
  for (const info of readBer(authSafe).children) {
    const safe = await openSafe(info, known);
    for (const entry of bagsOf(readBer(safe))) {
      await readBag(entry, known, { keys, certificates });
    }
    safe.fill(0);
  }
  return { keys, certificates };
}

/** An empty password has two spellings in PKCS#12's derivation; the MAC tells which one was meant. */
async function findPassword(
  mac: Asn1 | undefined,
  authSafe: Uint8Array,
  text: string,
): Promise<Password> {
  const spellings = [pkcs12Password(text), ...(text === "" ? [new Uint8Array()] : [])];
  for (const legacy of spellings) {
    if (mac === undefined || (await isPfxIntact(mac, authSafe, { text, legacy }))) {
      return { text, legacy };
    }
  }
  throw new StrongroomError("BadParameter", "the password of the PFX file is not right");
}

/** Octets of a ContentInfo of type data. */
function contentOf(info: Asn1): Uint8Array {
  if (oidOf(childOf(info, 0)) !== data) {
    throw new StrongroomError("BadParameter", "the PFX file is not protected by a password");
  }
  return octetsOf(childOf(childOf(info, 1), 0));
}

/** A copy that the caller may wipe. */
async function openSafe(info: Asn1, password: Password): Promise<Uint8Array> {
  if (oidOf(childOf(info, 0)) !== encryptedData) {
    return new Uint8Array(contentOf(info));
  }
  const content = childOf(childOf(childOf(info, 1), 0), 1);
  const ciphertext = octetsOf(childOf(content, 2));
  return await decryptWithPassword(childOf(content, 1), password, ciphertext);
}

function bagsOf(safe: Asn1): readonly Asn1[] {
  return safe.children.flatMap((entry) =>
    oidOf(childOf(entry, 0)) === bag.nested ? bagsOf(childOf(childOf(entry, 1), 0)) : [entry],
  );
}

async function readBag(
  entry: Asn1,
  password: Password,
  into: { readonly keys: Uint8Array[]; readonly certificates: Uint8Array[] },
): Promise<void> {
  const value = childOf(childOf(entry, 1), 0);
  switch (oidOf(childOf(entry, 0))) {
    case bag.key:
      into.keys.push(new Uint8Array(value.bytes));
      break;
    case bag.shroudedKey:
      into.keys.push(await openShrouded(value, password));
      break;
    case bag.certificate:
      if (oidOf(childOf(value, 0)) === x509Certificate) {
        into.certificates.push(new Uint8Array(octetsOf(childOf(childOf(value, 1), 0))));
      }
      break;
    default:
    // CRLs and secrets of others: nothing that a certificate object could hold.
  }
}

/** EncryptedPrivateKeyInfo to PKCS#8. RFC 5958 section 3. */
async function openShrouded(value: Asn1, password: Password): Promise<Uint8Array> {
  return await decryptWithPassword(childOf(value, 0), password, octetsOf(childOf(value, 1)));
}
