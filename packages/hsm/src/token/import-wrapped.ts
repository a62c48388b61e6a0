// SPDX-License-Identifier: Apache-2.0
/**
 * Keys that arrive encrypted by RSA-AES key wrap (Key Vault's `key_hsm`): RSA-OAEP of an AES key to an exchange key, then
 * RFC 5649 under that AES key of PKCS #8 or of an AES key's bytes. What arrives is opened inside the token.
 */

import { StrongroomError } from "@strongroom/core";
import type { ExchangeHash } from "../keys/algorithms.ts";
import { isRsa, rsaBits } from "../keys/key-types.ts";
import { type Attributes, onlyFor } from "./attributes.ts";
import { requireComputable, requireKeyType } from "./computable.ts";
import type { KeyMade, NewKey } from "./generate-key.ts";
import { takeIn } from "./import-key.ts";
import { leavingTemplate } from "./key-purposes.ts";
import type { Handle } from "./pkcs11.ts";
import { importSecret, unwrapKey, withObject } from "./primitives.ts";
import { recoverPublicKey } from "./recover-public-key.ts";
import { refusingInput } from "./refusing-input.ts";
import { decryptRaw, oaep } from "./rsa-decryption.ts";
import type { OpenToken } from "./token.ts";
import { findKey, type KeyUseRequest, newHeader, objectOf } from "./use-key.ts";

/** What arrives. */
export interface Arrival {
  /** The exchange key, for `import`. */
  readonly exchange: KeyUseRequest;
  readonly hash: ExchangeHash;
  readonly ciphertext: Uint8Array;
}

/** The key, or OAEP's block from which the host takes the AES key, to ask again with `importUnder`. */
export type ImportStep =
  | { readonly kind: "made"; readonly made: KeyMade }
  | { readonly kind: "padded"; readonly block: Uint8Array; readonly rest: Uint8Array };

/** All that is ever said about what does not open: where it failed would be an oracle. */
const doesNotOpen = "the wrapped key does not open with the exchange key";

/** The AES key in the token: it unwraps and is seen by nobody. */
const carrierTemplate: Attributes = {
  CKA_CLASS: "CKO_SECRET_KEY",
  CKA_KEY_TYPE: "CKK_AES",
  CKA_TOKEN: false,
  CKA_PRIVATE: true,
  CKA_SENSITIVE: true,
  CKA_EXTRACTABLE: false,
  ...onlyFor("CKA_UNWRAP"),
};

/** @throws {StrongroomError} `HsmBlobRejected`; `BadParameter` if nothing opens, or it is not a key of the type. */
export function importWrapped(token: OpenToken, spec: NewKey, arrival: Arrival): ImportStep {
  requireKeyType(token, spec.keyType);
  newHeader(token, spec);
  const exchange = findKey(token, arrival.exchange);
  const { keyType } = exchange.header;
  const size = isRsa(keyType) ? rsaBits[keyType] / 8 : 0;
  const [carrier, rest] = [arrival.ciphertext.subarray(0, size), arrival.ciphertext.subarray(size)];
  if (rest.length === 0) {
    throw doesNotOpenError();
  }
  if (!token.computable.has(`OAEP-unwrap/${arrival.hash}`)) {
    requireComputable(token, "RSA-raw", `OAEP with ${arrival.hash}`);
    const block = decryptRaw(token, objectOf(token, exchange, "decrypt"), carrier);
    return { kind: "padded", block, rest };
  }
  const by = { mechanism: oaep(arrival.hash), key: objectOf(token, exchange, "unwrap") };
  const key = refusingInput(doesNotOpen, () => unwrapKey(token, by, carrier, carrierTemplate));
  return { kind: "made", made: withObject(token, key, () => openWith(token, spec, key, rest)) };
}

/** Opens `rest` with the AES key's bytes, which the caller wipes. @throws {StrongroomError} as `importWrapped`. */
export function importUnder(
  token: OpenToken,
  spec: NewKey,
  carrier: Uint8Array,
  rest: Uint8Array,
): KeyMade {
  const options = { type: "CKK_AES", uses: ["CKA_UNWRAP"], extractable: false } as const;
  const key = refusingInput(doesNotOpen, () => importSecret(token, carrier, options));
  return withObject(token, key, () => openWith(token, spec, key, rest));
}

/** The refusal of whatever does not open. */
export function doesNotOpenError(): StrongroomError {
  return new StrongroomError("BadParameter", doesNotOpen);
}

function openWith(token: OpenToken, spec: NewKey, carrier: Handle, rest: Uint8Array): KeyMade {
  const header = newHeader(token, spec);
  const template = leavingTemplate(spec.keyType, spec.class);
  const by = { mechanism: token.keyWrap, key: carrier };
  const key = refusingInput(doesNotOpen, () => unwrapKey(token, by, rest, template));
  return takeIn(token, { header, key }, (wrapped) => recoverPublicKey(token, wrapped, key));
}
