// SPDX-License-Identifier: Apache-2.0
/** Azure's Secure Key Release: a key, wrapped to a key of the attestation token, in a signed envelope. */

import type { FastifyInstance } from "fastify";
import type { SignEnvelope } from "../../installation/envelope-signer.ts";
import type { FoundKey } from "../../keys/key-kind.ts";
import { type TargetKey, wrappingKeyOf } from "../../release/attestation-token/key-of-target.ts";
import { keyEnvelope } from "../../release/key/key-envelope.ts";
import { type WrapDeps, wrapKey } from "../../release/key/wrap-key.ts";
import { type ObjectReleaseDeps, releaseObject } from "../../release/release-object.ts";
import { keyBundle } from "../keys/key-wire.ts";
import type { RequestDeps } from "../request-context.ts";
import { beginRelease, type ObjectReleaseCall } from "./object-release-call.ts";

/** What the routes work with. */
export type KeyReleaseDeps = RequestDeps &
  ObjectReleaseDeps &
  WrapDeps & { readonly ledger: ObjectReleaseDeps["ledger"]; readonly signEnvelope: SignEnvelope };

/** Registers the routes. */
export function registerKeyReleaseRoutes(app: FastifyInstance, deps: KeyReleaseDeps): void {
  for (const path of ["/keys/:name", "/keys/:name/:version"]) {
    app.post(`${path}/release`, async (request) => {
      return await releaseKey(deps, await beginRelease(deps, request));
    });
  }
}

async function releaseKey(deps: KeyReleaseDeps, call: ObjectReleaseCall) {
  const { name, version, enc } = call;
  const asked = { kind: "keys", name, version } as const;
  const { answer } = await releaseObject(
    deps,
    { ...call, asked, keyOf: wrappingKeyOf, properties: { enc } },
    async ({ object, to }) => await envelope(deps, call, object.found as FoundKey, to),
  );
  return { value: answer };
}

async function envelope(
  deps: KeyReleaseDeps,
  call: ObjectReleaseCall,
  found: FoundKey,
  to: TargetKey,
): Promise<string> {
  const { vault, origin, name, version, apiVersion, enc, nonce } = call;
  const ciphertext = await wrapKey(deps, { vault, found }, to, enc);
  const id = [origin, "keys", name, ...(version === undefined ? [] : [version])].join("/");
  const request = { apiVersion, enc, id, nonce };
  const bundle = keyBundle(origin, vault, found);
  const payload = keyEnvelope(request, bundle, { kid: to.kid, ciphertext });
  return await deps.signEnvelope(new URL(origin).hostname, payload);
}
