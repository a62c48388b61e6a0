// SPDX-License-Identifier: Apache-2.0
/** Key Vault's routes for secrets: set, get, list, versions. */

import { objectNameSchema, objectVersionSchema } from "@strongroom/api";
import {
  type DeriveSubkey,
  fromBase64url,
  fromUtf8,
  SecretBytes,
  StrongroomError,
  toBase64url,
  utf8,
} from "@strongroom/core";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { decide } from "../audit/decide.ts";
import { Refusal } from "../audit/event.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { requireAccess } from "../vaults/access.ts";
import { listSecrets, listVersions, type SecretPage } from "../vaults/list-secrets.ts";
import { findSecret, openSecret } from "../vaults/read-secret.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { sealVersion, writeVersion } from "../vaults/write-secret.ts";
import {
  currentSecretItem,
  listQuerySchema,
  requireApiVersion,
  type SetSecretBody,
  secretItem,
  setSecretSchema,
} from "./key-vault-secrets.ts";
import { onVault, type RequestDeps, type VaultRequest } from "./request-context.ts";

/** What these routes work with. */
export interface SecretRouteDeps extends RequestDeps {
  readonly ledger: Ledger;
  readonly derive: (vault: Vault) => DeriveSubkey;
}

const nameParam = z.object({ name: objectNameSchema });
const versionParam = nameParam.extend({
  version: z.union([objectVersionSchema, z.literal("")]).optional(),
});

/** Registers the routes. */
export function registerSecretRoutes(app: FastifyInstance, deps: SecretRouteDeps): void {
  app.put("/secrets/:name", async (request) => {
    requireApiVersion(request.query);
    const { name } = nameParam.parse(request.params);
    return await setSecret(
      deps,
      await onVault(deps, request),
      name,
      setSecretSchema.parse(request.body),
    );
  });
  app.get("/secrets/:name/versions", async (request) => {
    const version = requireApiVersion(request.query);
    const { name } = nameParam.parse(request.params);
    return await listing(deps, await onVault(deps, request), request.query, {
      operationName: "SecretListVersions",
      path: `/secrets/${name}/versions`,
      apiVersion: version,
      name,
    });
  });
  app.get("/secrets", async (request) => {
    const version = requireApiVersion(request.query);
    return await listing(deps, await onVault(deps, request), request.query, {
      operationName: "SecretList",
      path: "/secrets",
      apiVersion: version,
    });
  });
  for (const path of ["/secrets/:name", "/secrets/:name/:version"]) {
    app.get(path, async (request) => {
      requireApiVersion(request.query);
      const { name, version } = versionParam.parse(request.params);
      return await getSecret(deps, await onVault(deps, request), name, version || undefined);
    });
  }
}

async function setSecret(
  deps: SecretRouteDeps,
  { context, vault, origin }: VaultRequest,
  name: string,
  body: SetSecretBody,
) {
  using value = new SecretBytes(utf8(body.value));
  const sealed = await sealVersion(deps.derive(vault), vault, name, value.reveal());
  const attributes = {
    enabled: body.attributes?.enabled ?? undefined,
    nbf: body.attributes?.nbf ?? undefined,
    exp: body.attributes?.exp ?? undefined,
    contentType: body.contentType ?? undefined,
    tags: body.tags ?? undefined,
  };
  const written = await decide(deps.ledger, {
    context,
    operationName: "SecretSet",
    properties: { vault: vault.uid, id: `${origin}/secrets/${name}` },
    work: async (tx) => {
      const action = "Microsoft.KeyVault/vaults/secrets/setSecret/action";
      await requireAccess(tx, vault, context.caller, {
        action,
        via: "api",
        object: `secrets/${name}`,
      });
      const result = await writeVersion(tx, { vault, name, sealed, attributes, at: context.at });
      return { result, properties: { version: sealed.version } };
    },
  });
  return { value: body.value, ...secretItem(origin, vault, written.object, written.version) };
}

async function getSecret(
  deps: SecretRouteDeps,
  { context, vault, origin }: VaultRequest,
  name: string,
  version: string | undefined,
) {
  const found = await decide(deps.ledger, {
    context,
    operationName: "SecretGet",
    properties: { vault: vault.uid, id: `${origin}/secrets/${name}` },
    work: async (tx) => {
      const action = "Microsoft.KeyVault/vaults/secrets/getSecret/action";
      await requireAccess(tx, vault, context.caller, {
        action,
        via: "api",
        object: `secrets/${name}`,
      });
      const result = await findSecret(tx, vault, name, version);
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
  return {
    value: fromUtf8(value.reveal()),
    ...secretItem(origin, vault, found.object, found.version),
  };
}

interface Listing {
  readonly operationName: string;
  readonly path: string;
  readonly apiVersion: string;
  readonly name?: string;
}

async function listing(
  deps: SecretRouteDeps,
  { context, vault, origin }: VaultRequest,
  query: unknown,
  { operationName, path, apiVersion, name }: Listing,
) {
  const { maxresults, $skiptoken } = listQuerySchema.parse(query);
  const page = { after: decodeSkipToken($skiptoken), limit: maxresults };
  const result = await decide<SecretPage>(deps.ledger, {
    context,
    operationName,
    properties: { vault: vault.uid },
    work: async (tx) => ({
      result:
        name === undefined
          ? await listSecrets(tx, vault, context.caller, page)
          : await listVersions(tx, vault, context.caller, { ...page, name }),
    }),
  });
  const item = name === undefined ? currentSecretItem : secretItem;
  const next = result.after === undefined ? "" : toBase64url(utf8(result.after));
  return {
    value: result.items.map(({ object, version }) => item(origin, vault, object, version)),
    nextLink:
      next === ""
        ? null
        : `${origin}${path}?api-version=${apiVersion}&maxresults=${maxresults}&$skiptoken=${next}`,
  };
}

function decodeSkipToken(token: string | undefined): string | undefined {
  try {
    return token === undefined ? undefined : fromUtf8(fromBase64url(token));
  } catch (cause) {
    throw new StrongroomError("BadParameter", "$skiptoken is not one of this vault", { cause });
  }
}
