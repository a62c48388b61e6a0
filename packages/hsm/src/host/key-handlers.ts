// SPDX-License-Identifier: Apache-2.0
/** The verbs over keys of classes N and E: parameters checked, then the token asked. */

import { isStrongroomError } from "@strongroom/core";
import { aesCiphers, aesWraps, rsaDecryptions, signatures } from "../keys/algorithms.ts";
import { isRsa } from "../keys/key-types.ts";
import { decrypt, encrypt } from "../token/aes-ciphers.ts";
import { generateKey } from "../token/generate-key.ts";
import { importKey } from "../token/import-key.ts";
import { doesNotOpenError, importUnder, importWrapped } from "../token/import-wrapped.ts";
import type { KeyOperation } from "../token/key-profiles.ts";
import { unwrap, wrap } from "../token/key-wrapping.ts";
import { rebindKey } from "../token/rebind-key.ts";
import { releaseKey } from "../token/release-key.ts";
import { decryptRsa } from "../token/rsa-decryption.ts";
import { sign, verify } from "../token/signatures.ts";
import type { KeyVerb } from "../wire/messages.ts";
import type { VerbRequests, VerbResults } from "../wire/verb-messages.ts";
import type { VerbHandlers } from "./handlers.ts";
import {
  requireCallerKey,
  requireCiphertext,
  requireData,
  requireExchangeHash,
  requireOneOf,
  requirePlace,
  toKeyUse,
  toNewKey,
  toReleaseTarget,
} from "./parameters.ts";
import { createUnpad, type Unpad } from "./rsa-padding.ts";
import { createSecureWrapHandlers } from "./secure-wrap-handlers.ts";
import type { SlowLane } from "./slow-lane.ts";
import type { TokenKeeper } from "./token-keeper.ts";

/** Handlers of these verbs over a token; what takes seconds goes to the slow lane. */
export function createKeyHandlers(
  keeper: TokenKeeper,
  lane: SlowLane,
): Pick<VerbHandlers, KeyVerb> {
  const unpad = createUnpad();
  return {
    ...createSecureWrapHandlers(keeper, unpad),
    generateKey: (payload) => {
      const spec = toNewKey(payload);
      return isRsa(spec.keyType)
        ? keeper.useElsewhere((token) => lane.generateKey(token, spec))
        : keeper.use((token) => generateKey(token, spec));
    },
    importKey: ({ key, material }) => {
      const spec = toNewKey(key);
      requireCallerKey(material);
      return keeper.use((token) => importKey(token, spec, material));
    },
    importWrapped: (payload) => takeWrapped(keeper, unpad, payload),
    sign: (payload) => {
      const algorithm = requireOneOf(signatures, payload.algorithm, "signature");
      requireData(payload.digest);
      const use = toKeyUse(payload, "sign");
      return keeper.use((token) => ({ bytes: sign(token, use, algorithm, payload.digest) }));
    },
    verify: (payload) => {
      const algorithm = requireOneOf(macs, payload.algorithm, "signature of a symmetric key");
      requireData(payload.message);
      const use = toKeyUse(payload, "verify");
      return keeper.use((token) => ({ valid: verify(token, use, algorithm, payload) }));
    },
    encrypt: (payload) => {
      const algorithm = requireOneOf(aesCiphers, payload.algorithm, "encryption");
      requireData(payload.plaintext, payload.aad);
      const use = toKeyUse(payload, "encrypt");
      return keeper.use((token) => encrypt(token, use, algorithm, payload));
    },
    decrypt: (payload) => decryptData(keeper, unpad, payload),
    wrap: (payload) => {
      const algorithm = requireOneOf(aesWraps, payload.algorithm, "key wrap");
      const key = requireCallerKey(payload.key);
      const use = toKeyUse(payload, "wrapKey");
      return keeper.use((token) => ({ bytes: wrap(token, use, algorithm, key) }));
    },
    unwrap: (payload) => unwrapData(keeper, unpad, payload),
    rebind: ({ blob, from, to }) => {
      const [old, place] = [requirePlace(from), requirePlace(to)];
      return keeper.use((token) => ({ bytes: rebindKey(token, blob, old, place) }));
    },
    releaseKey: (payload) => {
      const { blob, place } = payload;
      const what = { blob, place: place ?? undefined };
      const target = toReleaseTarget(payload);
      return keeper.use((token) => ({ bytes: releaseKey(token, what, target) }));
    },
  };
}

const { HS256, HS384, HS512 } = signatures;
const macs = { HS256, HS384, HS512 };

async function takeWrapped(
  keeper: TokenKeeper,
  unpad: Unpad,
  payload: VerbRequests["importWrapped"],
): Promise<VerbResults["importWrapped"]> {
  const spec = toNewKey(payload.key);
  const hash = requireExchangeHash(payload.hash);
  const ciphertext = requireCallerKey(payload.ciphertext);
  const { exchange: blob, exchangePlace } = payload;
  const exchange = toKeyUse({ blob, place: exchangePlace }, "import");
  const step = keeper.use((token) => importWrapped(token, spec, { exchange, hash, ciphertext }));
  if (step.kind === "made") {
    return step.made;
  }
  const carrier = await unpad(step.block, hash).catch((error: unknown) => {
    throw isStrongroomError(error, "BadParameter") ? doesNotOpenError() : error;
  });
  try {
    return keeper.use((token) => importUnder(token, spec, carrier, step.rest));
  } finally {
    carrier.fill(0);
  }
}

async function decryptData(
  keeper: TokenKeeper,
  unpad: Unpad,
  payload: VerbRequests["decrypt"],
): Promise<VerbResults["decrypt"]> {
  const { algorithm, ciphertext, aad } = payload;
  requireCiphertext(ciphertext, aad);
  if (Object.hasOwn(aesCiphers, algorithm)) {
    const name = requireOneOf(aesCiphers, algorithm, "encryption");
    const use = toKeyUse(payload, "decrypt");
    return keeper.use((token) => ({ bytes: decrypt(token, use, name, payload) }));
  }
  return await decryptPadded(keeper, unpad, { ...payload, operation: "decrypt" });
}

async function unwrapData(
  keeper: TokenKeeper,
  unpad: Unpad,
  payload: VerbRequests["unwrap"],
): Promise<VerbResults["unwrap"]> {
  const { algorithm, wrapped } = payload;
  requireData(wrapped);
  if (Object.hasOwn(aesWraps, algorithm)) {
    const name = requireOneOf(aesWraps, algorithm, "key wrap");
    const use = toKeyUse(payload, "unwrapKey");
    return keeper.use((token) => ({ bytes: unwrap(token, use, name, wrapped) }));
  }
  const { blob, place } = payload;
  const request = { blob, place, algorithm, ciphertext: wrapped };
  return await decryptPadded(keeper, unpad, { ...request, operation: "unwrapKey" });
}

async function decryptPadded(
  keeper: TokenKeeper,
  unpad: Unpad,
  request: Pick<VerbRequests["decrypt"], "blob" | "place" | "algorithm" | "ciphertext"> & {
    readonly operation: KeyOperation;
  },
): Promise<{ readonly bytes: Uint8Array }> {
  const algorithm = requireOneOf(rsaDecryptions, request.algorithm, "decryption");
  const use = toKeyUse(request, request.operation);
  const step = keeper.use((token) => decryptRsa(token, use, algorithm, request.ciphertext));
  return step.kind === "message"
    ? { bytes: step.bytes }
    : { bytes: await unpad(step.block, rsaDecryptions[algorithm].hash) };
}
