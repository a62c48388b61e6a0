// SPDX-License-Identifier: Apache-2.0
/** The MAC of a PFX file: RFC 7292 section 4, and PBMAC1 of RFC 9579. */

import { createHmac } from "node:crypto";
import { equalBytes, StrongroomError } from "@strongroom/core";
import { type Asn1, childOf, octetsOf, oidOf, smallIntegerOf } from "./ber.ts";
import { deriveWithPbkdf2 } from "./password-decryption.ts";
import { derivePkcs12Key, type Pkcs12Hash, purpose } from "./pkcs12-key.ts";

/** Digests of the MAC, with their output in bytes. */
const digests: ReadonlyMap<string, readonly [Pkcs12Hash, number]> = new Map([
  ["1.3.14.3.2.26", ["sha1", 20]],
  ["2.16.840.1.101.3.4.2.1", ["sha256", 32]],
  ["2.16.840.1.101.3.4.2.2", ["sha384", 48]],
  ["2.16.840.1.101.3.4.2.3", ["sha512", 64]],
]);

/** HMAC algorithms of PBMAC1. */
const macs: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.2.9", "sha256"],
  ["1.2.840.113549.2.10", "sha384"],
  ["1.2.840.113549.2.11", "sha512"],
]);

const pbmac1 = "1.2.840.113549.1.5.14";
/** Bytes of a PBMAC1 key, at most. */
const maxKeyBytes = 64;

/** Whether the MAC over the file's content is that of this password. */
export async function isPfxIntact(
  macData: Asn1,
  content: Uint8Array,
  password: { readonly text: string; readonly legacy: Uint8Array },
): Promise<boolean> {
  const info = childOf(macData, 0);
  const algorithm = childOf(info, 0);
  const expected = octetsOf(childOf(info, 1));
  const id = oidOf(childOf(algorithm, 0));
  const mac =
    id === pbmac1
      ? await modernMac(childOf(algorithm, 1), content, password.text)
      : await classicMac(digests.get(id), macData, { content, password: password.legacy });
  return equalBytes(mac, expected);
}

async function classicMac(
  digest: readonly [Pkcs12Hash, number] | undefined,
  macData: Asn1,
  { content, password }: { readonly content: Uint8Array; readonly password: Uint8Array },
): Promise<Uint8Array> {
  if (digest === undefined) {
    throw unknownMac();
  }
  const [hash, length] = digest;
  const iterations = macData.children[2];
  const key = await derivePkcs12Key({
    ...{ hash, password, length, purpose: purpose.mac },
    salt: octetsOf(childOf(macData, 1)),
    iterations: iterations === undefined ? 1 : smallIntegerOf(iterations),
  });
  return createHmac(hash, key).update(content).digest();
}

async function modernMac(
  parameters: Asn1,
  content: Uint8Array,
  password: string,
): Promise<Uint8Array> {
  const derivation = childOf(parameters, 0);
  const hash = macs.get(oidOf(childOf(childOf(parameters, 1), 0)));
  const length = smallIntegerOf(childOf(childOf(derivation, 1), 2));
  if (hash === undefined || length < 1 || length > maxKeyBytes) {
    throw unknownMac();
  }
  const key = await deriveWithPbkdf2(derivation, password, length);
  return createHmac(hash, key).update(content).digest();
}

function unknownMac(): StrongroomError {
  return new StrongroomError("BadParameter", "the PFX file has a MAC that is not known here");
}
