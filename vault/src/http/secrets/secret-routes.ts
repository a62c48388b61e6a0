// SPDX-License-Identifier: Apache-2.0
/** Key Vault's routes for secrets: set, get, update, list, versions, and soft deletion. */

import { fromUtf8, SecretBytes, utf8 } from "@strongroom/core";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Refusal } from "../../audit/event.ts";
import { findVersion } from "../../objects/read-object.ts";
import { requireUnmanaged } from "../../objects/refusals.ts";
import { updateVersion } from "../../objects/update-version.ts";
import {
  type OutContentType,
  outContentTypeSchema,
  type PfxToPem,
  toOutContentType,
} from "../../secrets/out-content-type.ts";
import { openSecret, recallSecret } from "../../secrets/read-secret.ts";
import type { SecretMaker } from "../../secrets/rotation/rotate-secret.ts";
import { secretType } from "../../secrets/secret-type.ts";
import { sealSecret, writeSecret } from "../../secrets/write-secret.ts";
import { decideOnVault, decideReadingOnVault } from "../decide-on-vault.ts";
import { type BackupRouteDeps, registerBackupRoutes } from "../objects/backup-routes.ts";
import { registerDeletedRoutes } from "../objects/deleted-routes.ts";
import { registerListRoutes } from "../objects/list-routes.ts";
import { nameParam, requireApiVersion, versionParam } from "../objects/object-wire.ts";
import { registerVersionRoutes } from "../objects/version-routes.ts";
import { onVault, type VaultRequest } from "../request-context.ts";
import { secretFace } from "./secret-face.ts";
import { registerSecretRotationRoutes } from "./secret-rotation-routes.ts";
import {
  type SetSecretBody,
  secretAttributesOf,
  secretItem,
  setSecretSchema,
  type UpdateSecretBody,
  updateSecretSchema,
} from "./secret-wire.ts";
import { spellSecret } from "./spell-secret.ts";

/** What these routes work with. */
export interface SecretRouteDeps extends BackupRouteDeps, SecretMaker {
  /** Turns a certificate's secret from one form into the other; without it none is turned. */
  readonly pfxToPem?: PfxToPem;
}

/** A request for one version, or the current one. */
interface SecretCall extends VaultRequest {
  readonly name: string;
  readonly version: string | undefined;
}

const prefix = "Microsoft.KeyVault/vaults/secrets";

/** What Fastify calls an object's answer: text would be called `text/plain`. */
const jsonType = "application/json; charset=utf-8";

/** Registers the routes. */
export function registerSecretRoutes(app: FastifyInstance, deps: SecretRouteDeps): void {
  app.put("/secrets/:name", async (request) => {
    const call = begin(deps, request);
    return await setSecret(deps, call, setSecretSchema.parse(request.body));
  });
  for (const path of ["/secrets/:name", "/secrets/:name/:version"]) {
    app.get(path, async (request, reply) => {
      const form = outContentTypeSchema.parse(request.query).outContentType;
      reply.type(jsonType);
      return await getSecret(deps, begin(deps, request), form);
    });
    app.patch(path, async (request) => {
      const call = begin(deps, request);
      return await updateSecret(deps, call, updateSecretSchema.parse(request.body));
    });
  }
  registerListRoutes(app, deps, secretFace);
  registerDeletedRoutes(app, deps, secretFace);
  registerVersionRoutes(app, deps, secretFace);
  registerBackupRoutes(app, deps, secretFace);
  registerSecretRotationRoutes(app, deps);
}

function begin(deps: SecretRouteDeps, request: FastifyRequest): SecretCall {
  requireApiVersion(request.query);
  const named = request.params as { readonly version?: unknown };
  const { name, version } =
    named.version === undefined
      ? { ...nameParam.parse(named), version: undefined }
      : versionParam.parse(named);
  return { ...onVault(deps, request), name, version };
}

async function setSecret(deps: SecretRouteDeps, call: SecretCall, body: SetSecretBody) {
  const { context, vault, origin, name } = call;
  using value = new SecretBytes(utf8(body.value));
  const sealed = await sealSecret(deps.derive(vault), vault, name, value.reveal());
  const attributes = secretAttributesOf(body);
  const written = await decideOnVault(deps, call, {
    operationName: "SecretSet",
    action: `${prefix}/setSecret/action`,
    object: `secrets/${name}`,
    work: async (tx) => {
      const result = await writeSecret(tx, { vault, name, sealed, attributes, at: context.at });
      requireUnmanaged("set", result.object);
      return { result, properties: { version: sealed.version } };
    },
  });
  return { value: body.value, ...secretItem(origin, vault, written) };
}

async function getSecret(
  deps: SecretRouteDeps,
  call: SecretCall,
  form: OutContentType | undefined,
) {
  const { vault, origin, name, version } = call;
  const found = await decideReadingOnVault(deps, call, {
    operationName: "SecretGet",
    action: `${prefix}/getSecret/action`,
    object: `secrets/${name}`,
    read: (recall) => {
      const result = recallSecret(recall, vault, name, version);
      if (result.object.governed.length > 0 || vault.release === "Required") {
        throw new Refusal(
          "ReleaseRequired",
          "a release policy governs this secret: it leaves by release only",
        );
      }
      return { result, properties: { version: result.version.version } };
    },
  });
  using value = await openSecret(deps, vault, found);
  const { contentType } = found.version;
  if (form === undefined || form === contentType) {
    return spellSecret(origin, vault, found, fromUtf8(value.reveal()));
  }
  using turned = await toOutContentType(deps.pfxToPem, value, contentType, form);
  return {
    value: fromUtf8(turned.reveal()),
    ...secretItem(origin, vault, found),
    contentType: form,
  };
}

async function updateSecret(deps: SecretRouteDeps, call: SecretCall, body: UpdateSecretBody) {
  const { context, vault, origin, name, version } = call;
  const { contentType, ...attributes } = secretAttributesOf(body);
  const updated = await decideOnVault(deps, call, {
    operationName: "SecretUpdate",
    action: `${prefix}/update/action`,
    object: `secrets/${name}`,
    work: async (tx) => {
      const found = await findVersion(tx, vault, secretType, { name, version });
      requireUnmanaged("update", found.object);
      const own = contentType === undefined ? {} : { contentType };
      const result = await updateVersion(tx, found, { attributes, own, at: context.at });
      return { result, properties: { version: found.version.version } };
    },
  });
  return secretItem(origin, vault, updated);
}
