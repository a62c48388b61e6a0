// SPDX-License-Identifier: Apache-2.0
/** Key Vault's operations with keys: encrypt, decrypt, wrapkey, unwrapkey, securewrapkey, sign, verify. */

import { type DataAction, toBase64url } from "@strongroom/core";
import type { FastifyInstance } from "fastify";
import type { Encrypted } from "../../keys/cipher-parameters.ts";
import { decryptWithKey, encryptWithKey } from "../../keys/cipher-with-key.ts";
import { type FoundKey, keyKind } from "../../keys/key-kind.ts";
import type { KeyOperation } from "../../keys/key-operations.ts";
import type { KeyUseDeps, UsedKey } from "../../keys/key-use.ts";
import { secureWrapWithKey } from "../../keys/secure-wrap.ts";
import { signWithKey, verifyWithKey } from "../../keys/sign-with-key.ts";
import { requireUsable } from "../../keys/usable.ts";
import { findVersion } from "../../objects/read-object.ts";
import { decidePrepared } from "../decide-prepared.ts";
import { versionId } from "../objects/object-wire.ts";
import { beginKeyCall, type KeyCall, type KeyRouteDeps, keyActionPrefix } from "./key-call.ts";
import {
  type CipherBody,
  cipherBodySchema,
  encoded,
  encryptedOf,
  type SignBody,
  secureWrapBodySchema,
  signatureParameters,
  signBodySchema,
  type VerifyBody,
  verifyBodySchema,
} from "./key-operation-wire.ts";

/** What differs between the operations. */
interface OperationRoute<Body extends { readonly alg: string }, Result> {
  readonly path: string;
  readonly operation: KeyOperation;
  readonly operationName: string;
  readonly action: DataAction;
  readonly parse: (body: unknown) => Body;
  readonly run: (deps: KeyUseDeps, key: UsedKey, body: Body) => Promise<Result>;
  readonly answer: (kid: string, result: Result) => object;
  /** Bytes of a result that must not outlive it. */
  readonly secret?: (result: Result) => Uint8Array;
}

/** The operations as data actions and the audit log name them. */
const actionNames = {
  encrypt: "encrypt",
  decrypt: "decrypt",
  wrapKey: "wrap",
  unwrapKey: "unwrap",
  secureWrapKey: "secureWrap",
  sign: "sign",
  verify: "verify",
} as const;

/** Registers the routes. */
export function registerKeyOperationRoutes(app: FastifyInstance, deps: KeyRouteDeps): void {
  register(app, deps, enciphering("encrypt", "data"));
  register(app, deps, enciphering("wrapKey", "key"));
  register(app, deps, deciphering("decrypt", "data"));
  register(app, deps, deciphering("unwrapKey", "key"));
  register(app, deps, secureWrapping);
  register(app, deps, signing);
  register(app, deps, verifying);
}

const secureWrapping: OperationRoute<
  { readonly alg: string },
  { readonly alg: string; readonly wrapped: Uint8Array }
> = {
  ...named("secureWrapKey"),
  parse: (body) => secureWrapBodySchema.parse(body),
  run: async (deps, key, { alg }) => ({ alg, wrapped: await secureWrapWithKey(deps, key) }),
  answer: (kid, { alg, wrapped }) => ({ kid, alg, value: toBase64url(wrapped) }),
};

const signing: OperationRoute<SignBody, Uint8Array> = {
  ...named("sign"),
  parse: (body) => signBodySchema.parse(body),
  run: (deps, key, { value, ...parameters }) =>
    signWithKey(deps, key, { value, ...signatureParameters(parameters) }),
  answer: (kid, signature) => ({ kid, value: toBase64url(signature) }),
};

const verifying: OperationRoute<VerifyBody, boolean> = {
  ...named("verify"),
  parse: (body) => verifyBodySchema.parse(body),
  run: (deps, key, { digest, value, ...parameters }) =>
    verifyWithKey(deps, key, { value: digest, ...signatureParameters(parameters) }, value),
  answer: (_, value) => ({ value }),
};

function enciphering(
  operation: "encrypt" | "wrapKey",
  purpose: "data" | "key",
): OperationRoute<CipherBody, Encrypted> {
  return {
    ...named(operation),
    parse: (body) => cipherBodySchema.parse(body),
    run: (deps, key, body) => encryptWithKey(deps, key, purpose, encryptedOf(body)),
    answer: (kid, { bytes, iv, tag, aad }) => ({
      kid,
      value: toBase64url(bytes),
      ...encoded({ iv, tag, aad }),
    }),
  };
}

function deciphering(
  operation: "decrypt" | "unwrapKey",
  purpose: "data" | "key",
): OperationRoute<CipherBody, Uint8Array> {
  return {
    ...named(operation),
    parse: (body) => cipherBodySchema.parse(body),
    run: (deps, key, body) => decryptWithKey(deps, key, purpose, encryptedOf(body)),
    answer: (kid, plain) => ({ kid, value: toBase64url(plain) }),
    secret: (plain) => plain,
  };
}

function register<Body extends { readonly alg: string }, Result>(
  app: FastifyInstance,
  deps: KeyRouteDeps,
  route: OperationRoute<Body, Result>,
): void {
  for (const key of ["/keys/:name", "/keys/:name/:version"]) {
    app.post(`${key}/${route.path}`, async (request) => {
      const call = await beginKeyCall(deps, request);
      return await operate(deps, call, route, route.parse(request.body));
    });
  }
}

async function operate<Body extends { readonly alg: string }, Result>(
  deps: KeyRouteDeps,
  call: KeyCall,
  route: OperationRoute<Body, Result>,
  body: Body,
): Promise<object> {
  const { vault, name, version, context, origin } = call;
  const { operation, operationName, action, run, answer } = route;
  const usage = { operation, algorithm: body.alg, at: context.at };
  const { found, result } = await decidePrepared(deps, call, {
    operationName,
    action,
    object: `keys/${name}`,
    properties: { algorithm: body.alg },
    check: async (reader) => {
      const key = await findVersion(reader, vault, keyKind, { name, version });
      requireUsable(vault, key, usage);
      return key;
    },
    basis: ({ version: { version } }) => version,
    prepare: async (key) => ({
      key,
      made: await run(useDeps(deps), { vault, found: key, algorithm: body.alg }, body),
    }),
    work: async (_, __, { key, made }) => decided(key, made),
    discard: ({ made }) => void route.secret?.(made).fill(0),
  });
  const answered = answer(versionId(origin, keyKind, found), result);
  route.secret?.(result).fill(0);
  return answered;
}

function decided<Result>(found: FoundKey, result: Result) {
  return { result: { found, result }, properties: { version: found.version.version } };
}

function useDeps({ hsm, keyAccess }: KeyRouteDeps): KeyUseDeps {
  return { hsm, access: keyAccess };
}

function named(operation: keyof typeof actionNames) {
  const word = actionNames[operation];
  return {
    operation,
    path: operation.toLowerCase(),
    operationName: `Key${word.charAt(0).toUpperCase()}${word.slice(1)}`,
    action: `${keyActionPrefix}/${word}/action`,
  } as const;
}
