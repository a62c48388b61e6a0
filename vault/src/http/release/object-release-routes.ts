// SPDX-License-Identifier: Apache-2.0
/**
 * Release of one object on its own path. For keys it is Azure's Secure Key Release: wrapped to a key of the attestation
 * token, in a signed envelope. Secrets and certificates, for which Azure has none, answer the same with a JWE inside.
 */

import { randomUUID } from "node:crypto";
import { objectKindSchema, receiptHeaderName } from "@strongroom/api";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { SignEnvelope } from "../../installation/envelope-signer.ts";
import { contentKeyOf, wrappingKeyOf } from "../../release/attestation-token/key-of-target.ts";
import { encryptSecret, secretOf } from "../../release/encrypt-secret.ts";
import { releasedKey } from "../../release/key/released-key.ts";
import { type WrapDeps, wrapKey } from "../../release/key/wrap-key.ts";
import { objectEnvelope } from "../../release/object-envelope.ts";
import { type FoundObject, releasableOf } from "../../release/releasable.ts";
import {
  type GrantedObject,
  type ObjectReleaseDeps,
  releaseObject,
} from "../../release/release-object.ts";
import { certificateVersionItem } from "../certificates/certificate-wire.ts";
import { keyBundle } from "../keys/key-wire.ts";
import type { RequestDeps } from "../request-context.ts";
import { secretItem } from "../secrets/secret-wire.ts";
import { beginRelease, type ObjectReleaseCall } from "./object-release-call.ts";

/** What the routes work with. */
export type ObjectReleaseRouteDeps = RequestDeps &
  ObjectReleaseDeps &
  WrapDeps & { readonly ledger: ObjectReleaseDeps["ledger"]; readonly signEnvelope: SignEnvelope };

/** Registers the routes. */
export function registerObjectReleaseRoutes(
  app: FastifyInstance,
  deps: ObjectReleaseRouteDeps,
): void {
  for (const kind of objectKindSchema.options) {
    for (const path of [`/${kind}/:name`, `/${kind}/:name/:version`]) {
      app.post(`${path}/release`, async (request, reply) => {
        const route = { releasable: releasableOf({ kind }), body: z.unknown() };
        const call = await beginRelease(deps, route, request);
        const { answer, receipt } = await release(deps, kind, call);
        reply.header(receiptHeaderName, receipt);
        return { value: answer };
      });
    }
  }
}

async function release(
  deps: ObjectReleaseRouteDeps,
  kind: FoundObject["kind"],
  call: ObjectReleaseCall,
) {
  const { name, version, origin, apiVersion, enc, nonce } = call;
  const keyOf = kind === "keys" ? wrappingKeyOf : contentKeyOf;
  return await releaseObject(
    deps,
    { ...call, asked: { kind, name, version }, keyOf, properties: { enc } },
    async (granted) => {
      const released = await releasedObject(deps, call, granted);
      const id = [origin, kind, name, ...(version === undefined ? [] : [version])].join("/");
      const payload = objectEnvelope({ apiVersion, enc, id, nonce }, released);
      return await deps.signEnvelope(new URL(origin).hostname, payload);
    },
  );
}

async function releasedObject(
  deps: ObjectReleaseRouteDeps,
  { vault, origin, enc }: ObjectReleaseCall,
  { object, to, jti = randomUUID() }: GrantedObject,
): Promise<Readonly<Record<string, object>>> {
  if (object.kind === "keys") {
    const { found } = object;
    const ciphertext = await wrapKey(deps, { vault, found }, to, enc);
    const bundle = keyBundle(origin, vault, found);
    return { key: releasedKey(bundle, { kid: to.kid, ciphertext }, enc) };
  }
  const item =
    object.kind === "secrets"
      ? secretItem(origin, vault, object.found)
      : certificateVersionItem(origin, vault, object.found);
  const secret = { vault, secret: secretOf(object), id: item.id, jti };
  const jwe = await encryptSecret(deps, secret, to);
  return object.kind === "secrets"
    ? { secret: { ...item, jwe } }
    : { certificate: { ...item, jwe } };
}
