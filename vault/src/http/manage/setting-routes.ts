// SPDX-License-Identifier: Apache-2.0
/** Managed HSM's routes for settings, on a vault's host, for who may read and write its role assignments. */

import { routes, type SettingBody, updateSettingSchema } from "@strongroom/api";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Ledger } from "../../ledger/ledger.ts";
import { findSetting, readSettings, type Setting, writeSetting } from "../../vaults/settings.ts";
import { decideOnVault } from "../decide-on-vault.ts";
import { onVault, type RequestDeps } from "../request-context.ts";

/** What these routes work with. */
export interface SettingRouteDeps extends RequestDeps {
  readonly ledger: Ledger;
}

const settingParam = z.object({ name: z.string().min(1).max(127) });
const actions = {
  read: "Microsoft.KeyVault/managedHsm/roleAssignments/read/action",
  write: "Microsoft.KeyVault/managedHsm/roleAssignments/write/action",
} as const;

/** Registers the routes. */
export function registerSettingRoutes(app: FastifyInstance, deps: SettingRouteDeps): void {
  app.get(routes.settings, async (request) => ({
    settings: (await read(deps, request)).map(toBody),
  }));
  app.get(routes.setting(":name"), async (request) => {
    const { name } = settingParam.parse(request.params);
    return toBody(findSetting(await read(deps, request), name));
  });
  app.patch(routes.setting(":name"), async (request) => {
    const call = onVault(deps, request);
    const { name } = settingParam.parse(request.params);
    const { value } = updateSettingSchema.parse(request.body);
    const setting = await decideOnVault(deps, call, {
      operationName: "SettingUpdate",
      action: actions.write,
      properties: { setting: name, value: value.slice(0, 16) },
      work: async (tx) => ({ result: await writeSetting(tx, call.vault, { name, value }) }),
    });
    return toBody(setting);
  });
}

async function read(deps: SettingRouteDeps, request: FastifyRequest): Promise<readonly Setting[]> {
  const call = onVault(deps, request);
  return await decideOnVault(deps, call, {
    operationName: "SettingGet",
    action: actions.read,
    work: async (tx) => ({ result: await readSettings(tx, call.vault) }),
  });
}

function toBody({ name, value }: Setting): SettingBody {
  return { name, value: String(value), type: "boolean" };
}
