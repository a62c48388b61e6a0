// SPDX-License-Identifier: Apache-2.0
/** Managed HSM's routes for role definitions and role assignments, in every scope of a vault. */

import { objectPatternSchema } from "@strongroom/api";
import { builtInRoles, parseScope, type roleActions, StrongroomError } from "@strongroom/core";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { decide, type Granted } from "../../audit/decide.ts";
import type { Ledger, LedgerTransaction } from "../../ledger/ledger.ts";
import { deleteAssignment, findAssignment, putAssignment } from "../../roles/change-assignments.ts";
import { deleteDefinition, putDefinition } from "../../roles/change-definitions.ts";
import { listAssignments } from "../../roles/list-assignments.ts";
import { openRoles, type RoleCall } from "../../roles/open-roles.ts";
import type { RolesRecord } from "../../roles/role-records.ts";
import { requireApiVersion } from "../objects/object-wire.ts";
import { onVault, type RequestDeps } from "../request-context.ts";
import { assignmentFilter, definitionFilter } from "./role-filter.ts";
import {
  assignmentBody,
  assignmentSchema,
  definitionBody,
  definitionSchema,
  roleNameParam,
  toAssignment,
  toDefinition,
} from "./role-wire.ts";

/** What these routes work with. */
export interface RoleRouteDeps extends RequestDeps {
  readonly ledger: Ledger;
}

const provider = "providers/Microsoft.Authorization";
const nameParam = z.object({ name: roleNameParam });
const scopeParam = z.object({ object: objectPatternSchema.optional() });

/** Scopes in paths: the vault, a kind, objects of a kind by name or pattern. */
const scopePaths = ["secrets", "keys", "certificates"].flatMap((kind) => [
  { path: `/${kind}/${provider}`, kind },
  { path: `/${kind}/:object/${provider}`, kind },
]);

/** Registers the routes. */
export function registerRoleRoutes(app: FastifyInstance, deps: RoleRouteDeps): void {
  for (const { path, kind } of [{ path: `/${provider}`, kind: undefined }, ...scopePaths]) {
    registerDefinitionRoutes(app, deps, { path, kind });
    registerAssignmentRoutes(app, deps, { path, kind });
  }
}

interface ScopePath {
  readonly path: string;
  readonly kind: string | undefined;
}

function registerDefinitionRoutes(
  app: FastifyInstance,
  deps: RoleRouteDeps,
  { path, kind }: ScopePath,
): void {
  const one = `${path}/roleDefinitions/:name`;
  app.get(`${path}/roleDefinitions`, async (request) => {
    const isListed = definitionFilter(request.query);
    return await act(deps, request, { kind, does: "roleDefinitions/read" }, async (tx, call) => {
      const bodies = definitionBodies(await openRoles(tx, call));
      const value = bodies.filter(({ properties }) => isListed(properties.type));
      return { result: { value, nextLink: null } };
    });
  });
  app.get(one, async (request) => {
    const { name } = nameParam.parse(request.params);
    return await act(deps, request, { kind, does: "roleDefinitions/read" }, async (tx, call) => {
      const found = definitionBodies(await openRoles(tx, call)).find((body) => body.name === name);
      if (found === undefined) {
        throw new StrongroomError("NotFound", "there is no such role definition");
      }
      return { result: found };
    });
  });
  app.put(one, async (request, reply) => {
    const { name } = nameParam.parse(request.params);
    const definition = toDefinition(name, definitionSchema.parse(request.body));
    reply.status(201);
    return await act(deps, request, { kind, does: "roleDefinitions/write" }, async (tx, call) => {
      await putDefinition(tx, call, definition);
      const { id, roleName, dataActions, notDataActions } = definition;
      const properties = { definition: id, roleName, dataActions, notDataActions };
      return { result: definitionBody(definition, "CustomRole"), properties };
    });
  });
  app.delete(one, async (request) => {
    const { name } = nameParam.parse(request.params);
    return await act(deps, request, { kind, does: "roleDefinitions/delete" }, async (tx, call) => ({
      result: definitionBody(await deleteDefinition(tx, call, name), "CustomRole"),
      properties: { definition: name },
    }));
  });
}

function registerAssignmentRoutes(
  app: FastifyInstance,
  deps: RoleRouteDeps,
  { path, kind }: ScopePath,
): void {
  const one = `${path}/roleAssignments/:name`;
  app.get(`${path}/roleAssignments`, async (request) => {
    return await act(deps, request, { kind, does: "roleAssignments/read" }, async (tx, call) => {
      const isListed = assignmentFilter(request.query, call.scope);
      const listed = listAssignments(await openRoles(tx, call)).filter(isListed);
      return { result: { value: listed.map(assignmentBody), nextLink: null } };
    });
  });
  app.get(one, async (request) => {
    const { name } = nameParam.parse(request.params);
    return await act(deps, request, { kind, does: "roleAssignments/read" }, async (tx, call) => ({
      result: assignmentBody(findAssignment(await openRoles(tx, call), call.scope, name)),
    }));
  });
  app.put(one, async (request, reply) => {
    const { name } = nameParam.parse(request.params);
    const body = assignmentSchema.parse(request.body);
    reply.status(201);
    return await act(deps, request, { kind, does: "roleAssignments/write" }, async (tx, call) => {
      const assignment = toAssignment(name, call.scope, body);
      await putAssignment(tx, call, assignment);
      const result = assignmentBody({ ...assignment, origin: "api" });
      return { result, properties: { assignment: name, ...result.properties } };
    });
  });
  app.delete(one, async (request) => {
    const { name } = nameParam.parse(request.params);
    return await act(deps, request, { kind, does: "roleAssignments/delete" }, async (tx, call) => {
      const result = assignmentBody(await deleteAssignment(tx, call, name));
      return { result, properties: { assignment: name, ...result.properties } };
    });
  });
}

type RoleVerb = (typeof roleActions)[number] extends `${string}/managedHsm/${infer Verb}/action`
  ? Verb
  : never;

async function act<T>(
  deps: RoleRouteDeps,
  request: FastifyRequest,
  { kind, does }: { readonly kind: string | undefined; readonly does: RoleVerb },
  work: (tx: LedgerTransaction, call: RoleCall) => Promise<Granted<T>>,
): Promise<T> {
  requireApiVersion(request.query);
  const { object } = scopeParam.parse(request.params);
  const { context, vault } = onVault(deps, request);
  const scope = scopeOf(kind, object);
  const action = `Microsoft.KeyVault/managedHsm/${does}/action` as const;
  return await decide(deps.ledger, {
    context,
    operationName: operationNames[does],
    properties: { vault: vault.uid, vaultName: vault.name, scope },
    work: (tx) => work(tx, { vault, caller: context.caller, action, scope }),
  });
}

const operationNames: Readonly<Record<RoleVerb, string>> = {
  "roleAssignments/read": "RoleAssignmentGet",
  "roleAssignments/write": "RoleAssignmentPut",
  "roleAssignments/delete": "RoleAssignmentDelete",
  "roleDefinitions/read": "RoleDefinitionGet",
  "roleDefinitions/write": "RoleDefinitionPut",
  "roleDefinitions/delete": "RoleDefinitionDelete",
};

function scopeOf(kind: string | undefined, object: string | undefined): string {
  const scope = kind === undefined ? "*" : [kind, object ?? "*"].join("/").toLowerCase();
  if (parseScope(scope) === undefined) {
    throw new StrongroomError("BadParameter", "the scope is not one of a vault");
  }
  return scope;
}

function definitionBodies({ api }: RolesRecord) {
  const builtIn = Object.entries(builtInRoles).map(([roleName, { id, description, actions }]) =>
    definitionBody(
      { id, roleName, description, dataActions: [...actions], notDataActions: [] },
      "AKVBuiltInRole",
    ),
  );
  return [...builtIn, ...api.definitions.map((known) => definitionBody(known, "CustomRole"))];
}
