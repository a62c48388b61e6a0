// SPDX-License-Identifier: Apache-2.0
/** Bodies of Managed HSM's routes for role definitions and assignments, as its clients send and read them. */

import {
  isAddressRange,
  isInstallationAction,
  parseDataAction,
  parseScope,
} from "@strongroom/core";
import { z } from "zod";
import { maxDataActions, maxRoleText } from "../../roles/limits.ts";
import type { ListedAssignment } from "../../roles/list-assignments.ts";
import {
  clusterIssuerPrefix,
  formatPrincipalId,
  principalIdSchema,
} from "../../roles/principal-id.ts";
import type { ApiAssignment, CustomDefinition } from "../../roles/role-records.ts";

const provider = "providers/Microsoft.Authorization";
const text = z.string().max(maxRoleText);
const none = z.array(z.never("only data actions exist here")).nullish();

const dataAction = z
  .string()
  .max(256)
  .refine(
    (name) => !isInstallationAction(name),
    "no role of a vault holds rights over the installation",
  )
  .refine(
    (name) => isInstallationAction(name) || parseDataAction(name) !== undefined,
    "unknown data action",
  );
const actions = z.array(dataAction).max(maxDataActions).nullish();

/** Name of an assignment or definition, which the client chooses: a GUID as a rule. */
export const roleNameParam = z
  .string()
  .regex(/^[0-9a-zA-Z-]{1,64}$/)
  .toLowerCase();

/** Body of a PUT of a definition. */
export const definitionSchema = z.object({
  properties: z.object({
    roleName: z
      .string()
      .trim()
      .min(1)
      .max(128)
      .regex(/^[^\p{C}]*$/u),
    description: text.nullish(),
    type: z.literal("CustomRole").nullish(),
    permissions: z
      .array(
        z.object({
          actions: none,
          notActions: none,
          dataActions: actions,
          notDataActions: actions,
        }),
      )
      .max(1, "one set of permissions at most")
      .nullish(),
    assignableScopes: z.array(z.literal("/")).max(1).nullish(),
  }),
});

/** Body of a PUT of an assignment; the last four members are ours. */
export const assignmentSchema = z.object({
  properties: z.object({
    roleDefinitionId: text.regex(/(?:^|\/)[0-9a-zA-Z-]{1,64}$/),
    principalId: principalIdSchema,
    via: z.enum(["release", "api"]).nullish(),
    sourceRanges: z.array(z.string().max(64).refine(isAddressRange)).min(1).max(16).nullish(),
    notBefore: z.iso.datetime({ offset: true }).nullish(),
    notAfter: z.iso.datetime({ offset: true }).nullish(),
  }),
});

/** The definition of a body. */
export function toDefinition(
  id: string,
  body: z.output<typeof definitionSchema>,
): CustomDefinition {
  const { roleName, description, permissions } = body.properties;
  return {
    id,
    roleName,
    description: description ?? "",
    dataActions: permissions?.[0]?.dataActions ?? [],
    notDataActions: permissions?.[0]?.notDataActions ?? [],
  };
}

/** The assignment of a body. ServiceAccounts come by release unless the body says otherwise. */
export function toAssignment(
  name: string,
  scope: string,
  { properties }: z.output<typeof assignmentSchema>,
): ApiAssignment {
  const { roleDefinitionId, principalId: principal, via, sourceRanges } = properties;
  const conditions = {
    ...(sourceRanges ? { sourceRanges } : {}),
    ...(properties.notBefore ? { notBefore: Date.parse(properties.notBefore) / 1000 } : {}),
    ...(properties.notAfter ? { notAfter: Date.parse(properties.notAfter) / 1000 } : {}),
  };
  const usual = principal.issuer.startsWith(clusterIssuerPrefix) ? "release" : "api";
  return {
    name,
    scope,
    definition: (roleDefinitionId.split("/").at(-1) ?? "").toLowerCase(),
    principal,
    via: via ?? usual,
    ...(Object.keys(conditions).length === 0 ? {} : { conditions }),
  };
}

/** A definition as clients read it. */
export function definitionBody(
  definition: CustomDefinition,
  type: "AKVBuiltInRole" | "CustomRole",
) {
  const { id, roleName, description, dataActions, notDataActions } = definition;
  return {
    id: `Microsoft.KeyVault/${provider}/roleDefinitions/${id}`,
    name: id,
    type: "Microsoft.Authorization/roleDefinitions",
    properties: {
      roleName,
      description,
      type,
      permissions: [{ actions: [], notActions: [], dataActions, notDataActions }],
      assignableScopes: ["/"],
    },
  };
}

/** An assignment as clients read it. */
export function assignmentBody(assignment: ListedAssignment) {
  const { name, definition, principal, via, conditions, origin } = assignment;
  const scope = wireScope(assignment.scope);
  const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
  const { sourceRanges, notBefore, notAfter } = conditions ?? {};
  return {
    id: `${scope === "/" ? "" : scope}/${provider}/roleAssignments/${name}`,
    name,
    type: "Microsoft.Authorization/roleAssignments",
    properties: {
      scope,
      roleDefinitionId: `Microsoft.KeyVault/${provider}/roleDefinitions/${definition}`,
      principalId: formatPrincipalId(principal),
      via,
      ...(sourceRanges === undefined ? {} : { sourceRanges }),
      ...(notBefore === undefined ? {} : { notBefore: iso(notBefore) }),
      ...(notAfter === undefined ? {} : { notAfter: iso(notAfter) }),
      origin,
    },
  };
}

/** A scope as Managed HSM writes it: `/`, `/keys`, `/keys/NAME`. */
function wireScope(scope: string): string {
  const parsed = parseScope(scope);
  if (parsed === undefined || parsed.kind === "vault") {
    return "/";
  }
  return parsed.pattern === "*" ? `/${parsed.of}` : `/${parsed.of}/${parsed.pattern}`;
}
