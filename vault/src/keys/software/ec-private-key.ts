// SPDX-License-Identifier: Apache-2.0
/** Private keys of curves as scalars: into a KeyObject and out of one. RFC 5915 section 3. */

import { createPrivateKey, type KeyObject } from "node:crypto";
import { concatBytes, SecretBytes } from "@strongroom/core";
import type { Curve } from "./curves.ts";

// ECPrivateKey ::= SEQUENCE { version 1, privateKey OCTET STRING, parameters [0] }: all of it is shorter than 128 bytes.
const sequence = 0x30;
const octetString = 0x04;
const parameters = 0xa0;
const version = [0x02, 0x01, 0x01];

/** The private key of `scalar` (the caller still owns it). OpenSSL computes the public key, so none can be foisted on it. */
export function privateKeyOfScalar(curve: Curve, scalar: Uint8Array): KeyObject {
  const tail = [parameters, curve.identifier.length, ...curve.identifier];
  const length = version.length + 2 + scalar.length + tail.length;
  using der = new SecretBytes(
    concatBytes(
      new Uint8Array([sequence, length, ...version, octetString, scalar.length]),
      scalar,
      new Uint8Array(tail),
    ),
  );
  return createPrivateKey({ key: Buffer.from(der.reveal().buffer), format: "der", type: "sec1" });
}

/** The scalar of a private key, as many bytes as the curve's order has. */
export function scalarOf(curve: Curve, key: KeyObject): SecretBytes {
  using der = new SecretBytes(key.export({ format: "der", type: "sec1" }));
  const bytes = der.reveal();
  // version, then the octet string's tag and length: with P-521 the sequence's length takes two bytes.
  const start = (bytes[1] === 0x81 ? 3 : 2) + version.length + 2;
  return new SecretBytes(new Uint8Array(bytes.subarray(start, start + curve.bytes)));
}
