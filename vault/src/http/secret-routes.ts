// SPDX-License-Identifier: Apache-2.0
/** Key Vault's routes for secrets: set, get, list, versions. */

import { type DeriveSubkey, fromUtf8, SecretBytes, utf8 } from "@strongroom/core";
import type { FastifyInstance } from "fastify";
import { decide } from "../audit/decide.ts";
import { Refusal } from "../audit/event.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { listObjects, listVersions, type ObjectPage } from "../objects/list-objects.ts";
import { findSecret, openSecret } from "../secrets/read-secret.ts";
import { type SecretMembers, secretType } from "../secrets/secret-type.ts";
import { sealSecret, writeSecret } from "../secrets/write-secret.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { decideOnVault } from "./decide-on-vault.ts";
import { nameParam, requireApiVersion, versionParam } from "./object-wire.ts";
import { nextLink, pageOf, type WirePage } from "./paging.ts";
import { onVault, type RequestDeps, type VaultRequest } from "./request-context.ts";
import {
  currentSecretItem,
  type SetSecretBody,
  secretAttributesOf,
  secretItem,
  setSecretSchema,
} from "./secret-wire.ts";

/** What these routes work with. */
export interface SecretRouteDeps extends RequestDeps {
  readonly ledger: Ledger;
  readonly derive: (vault: Vault) => DeriveSubkey;
}

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
    const page = pageOf(request.query);
    const { name } = nameParam.parse(request.params);
    return await listing(deps, await onVault(deps, request), page, name);
  });
  app.get("/secrets", async (request) => {
    const page = pageOf(request.query);
    return await listing(deps, await onVault(deps, request), page);
  });
  for (const path of ["/secrets/:name", "/secrets/:name/:version"]) {
    app.get(path, async (request) => {
      requireApiVersion(request.query);
      const { name, version } = versionParam.parse(request.params);
      return await getSecret(deps, await onVault(deps, request), name, version);
    });
  }
}

async function setSecret(
  deps: SecretRouteDeps,
  call: VaultRequest,
  name: string,
  body: SetSecretBody,
) {
  const { context, vault, origin } = call;
  using value = new SecretBytes(utf8(body.value));
  const sealed = await sealSecret(deps.derive(vault), vault, name, value.reveal());
  const attributes = secretAttributesOf(body);
  const written = await decideOnVault(deps, call, {
    operationName: "SecretSet",
    action: "Microsoft.KeyVault/vaults/secrets/setSecret/action",
    object: `secrets/${name}`,
    work: async (tx) => ({
      result: await writeSecret(tx, { vault, name, sealed, attributes, at: context.at }),
      properties: { version: sealed.version },
    }),
  });
  return { value: body.value, ...secretItem(origin, vault, written) };
}

async function getSecret(
  deps: SecretRouteDeps,
  call: VaultRequest,
  name: string,
  version: string | undefined,
) {
  const { vault, origin } = call;
  const found = await decideOnVault(deps, call, {
    operationName: "SecretGet",
    action: "Microsoft.KeyVault/vaults/secrets/getSecret/action",
    object: `secrets/${name}`,
    work: async (tx) => {
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
  return { value: fromUtf8(value.reveal()), ...secretItem(origin, vault, found) };
}

async function listing(
  deps: SecretRouteDeps,
  { context, vault, origin }: VaultRequest,
  page: WirePage,
  name?: string,
) {
  const action = "Microsoft.KeyVault/vaults/secrets/readMetadata/action" as const;
  const request = { vault, caller: context.caller, action, ...page };
  const result = await decide<ObjectPage<SecretMembers>>(deps.ledger, {
    context,
    operationName: name === undefined ? "SecretList" : "SecretListVersions",
    properties: { vault: vault.uid },
    work: async (tx) => ({
      result:
        name === undefined
          ? await listObjects(tx, secretType, request)
          : await listVersions(tx, secretType, { ...request, name }),
    }),
  });
  const item = name === undefined ? currentSecretItem : secretItem;
  const path = name === undefined ? "/secrets" : `/secrets/${name}/versions`;
  return {
    value: result.items.map((listed) => item(origin, vault, listed)),
    nextLink: nextLink(`${origin}${path}`, page, result.after),
  };
}
