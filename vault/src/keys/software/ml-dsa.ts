// SPDX-License-Identifier: Apache-2.0
/** ML-DSA, pure, hedged (FIPS 204 sections 5.2 and 5.3), over a message with an optional context. */

import { type KeyObject, sign, verify } from "node:crypto";
import { StrongroomError } from "@strongroom/core";

/** What signing takes besides the message. */
export interface SignatureParameters {
  /** 0 to 255 bytes. */
  readonly context?: Uint8Array | undefined;
  /** A message representative computed elsewhere, 64 bytes. Not offered: Node's OpenSSL interface hashes itself. */
  readonly externalMu?: Uint8Array | undefined;
}

/** FIPS 204 algorithm 2, line 1. */
const maxContextBytes = 255;

/** Signs. @throws {StrongroomError} `BadParameter` for a context that is too long, or an external mu. */
export function signMlDsa(
  key: KeyObject,
  message: Uint8Array,
  parameters: SignatureParameters,
): Uint8Array {
  return new Uint8Array(sign(null, message, { key, ...optionsOf(parameters) }));
}

/** Whether `signature` is one of `message` in that context. */
export function verifyMlDsa(
  key: KeyObject,
  message: Uint8Array,
  parameters: SignatureParameters,
  signature: Uint8Array,
): boolean {
  return verify(null, message, { key, ...optionsOf(parameters) }, signature);
}

function optionsOf({ context, externalMu }: SignatureParameters) {
  if (externalMu !== undefined) {
    throw new StrongroomError("BadParameter", "external_mu is not offered: sign the message");
  }
  if (context !== undefined && context.length > maxContextBytes) {
    throw new StrongroomError("BadParameter", `context is longer than ${maxContextBytes} bytes`);
  }
  return context === undefined || context.length === 0 ? {} : { context };
}
