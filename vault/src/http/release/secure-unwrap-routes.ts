// SPDX-License-Identifier: Apache-2.0
/**
 * Key Vault's `secureunwrapkey` (2026-01-01-preview): a data key that a key wrapped, for an attested environment. Decided as a
 * release of the key is. `value` has bytes, as clients expect: those of the release's signed envelope.
 */

import { receiptHeaderName, type WrappedKey, wrappedKeySchema } from "@strongroom/api";
import { StrongroomError, toBase64url, utf8 } from "@strongroom/core";
import type { FastifyInstance } from "fastify";
import { wrappingKeyOf } from "../../release/attestation-token/key-of-target.ts";
import { transferBlob } from "../../release/key/released-key.ts";
import { unwrapDataKey } from "../../release/key/unwrap-data-key.ts";
import { objectEnvelope } from "../../release/object-envelope.ts";
import { unwrapping } from "../../release/releasable.ts";
import { type GrantedObject, releaseObject } from "../../release/release-object.ts";
import { beginRelease, type ObjectReleaseCall } from "./object-release-call.ts";
import type { ObjectReleaseRouteDeps } from "./object-release-routes.ts";

/** Members of the body that say what to unwrap. */
const bodySchema = wrappedKeySchema.strip();

type UnwrapCall = ObjectReleaseCall & { readonly besides: WrappedKey };

/** Registers the routes. */
export function registerSecureUnwrapRoutes(
  app: FastifyInstance,
  deps: ObjectReleaseRouteDeps,
): void {
  for (const path of ["/keys/:name", "/keys/:name/:version"]) {
    app.post(`${path}/secureunwrapkey`, async (request, reply) => {
      const call = await beginRelease(deps, { releasable: unwrapping, body: bodySchema }, request);
      const { answer, receipt } = await unwrap(deps, call);
      reply.header(receiptHeaderName, receipt);
      return answer;
    });
  }
}

async function unwrap(deps: ObjectReleaseRouteDeps, call: UnwrapCall) {
  const { name, version, enc, besides } = call;
  const asked = { kind: "keys", name, version, unwrap: besides } as const;
  const properties = { enc, algorithm: besides.alg };
  return await releaseObject(
    deps,
    { ...call, asked, keyOf: wrappingKeyOf, properties },
    async (granted) => await answerTo(deps, call, granted),
  );
}

async function answerTo(
  deps: ObjectReleaseRouteDeps,
  { vault, origin, name, version, apiVersion, enc, nonce, besides }: UnwrapCall,
  { object, to }: GrantedObject,
) {
  if (object.kind !== "keys") {
    throw new StrongroomError("Internal", "what unwraps is a key");
  }
  const { found } = object;
  const ciphertext = await unwrapDataKey(deps, { vault, found, unwrap: besides }, to, enc);
  const id = [origin, "keys", name, ...(version === undefined ? [] : [version])].join("/");
  const kid = [origin, "keys", found.object.name, found.version.version].join("/");
  const key = { kty: "oct", key_hsm: transferBlob({ kid: to.kid, ciphertext }, enc) };
  const { request, response } = objectEnvelope({ apiVersion, enc, id, nonce }, { key: { key } });
  const payload = { request: { ...request, ...besides }, response: { kid, ...response } };
  const envelope = await deps.signEnvelope(new URL(origin).hostname, payload);
  return { kid, alg: besides.alg, value: toBase64url(utf8(envelope)) };
}
