// SPDX-License-Identifier: Apache-2.0
/** What a fake vault remembers, with the rules of the management routes: fencing, ownership, idempotence. */

import {
  type ManageCall,
  manageCallSchema,
  putPolicyRequestSchema,
  putSecretRequestSchema,
  putVaultRequestSchema,
} from "@strongroom/api";
import { StrongroomError } from "@strongroom/core";
import {
  type FakeMemory,
  type FakeVaultRecord,
  findVault,
  newVersion,
  nobody,
} from "./fake-vault-memory.ts";
import { factsOf, listVaults, statusOf } from "./fake-vault-status.ts";
import { putObject, putPolicy, putVault } from "./fake-vault-writes.ts";

/** State of the fake. */
export interface FakeVaultState {
  readonly vaults: ReadonlyMap<string, FakeVaultRecord>;
  /** How often anything changed: a repeated call changes nothing. */
  readonly changes: () => number;
  /** Puts a secret there that no resource made. */
  plantSecret(uid: string, name: string): void;
  /** Answers a request, or throws a StrongroomError. */
  answer(method: string, path: string, body: unknown): object;
}

/** An empty state. */
export function createFakeVaultState(): FakeVaultState {
  const memory: FakeMemory = { vaults: new Map(), highestEpoch: 0, changes: 0 };
  const routes = createRoutes(memory);
  return {
    vaults: memory.vaults,
    changes: () => memory.changes,
    plantSecret: (uid, name) => {
      const planted = { owner: nobody, version: newVersion(), request: undefined };
      findVault(memory, uid).secrets.set(name, planted);
    },
    answer: (method, path, body) => {
      if (method === "GET" && path === "/strongroom/v1/manage/vaults") {
        return listVaults(memory);
      }
      const match = /^\/strongroom\/v1\/manage\/vaults\/([^/]+)(?:\/(\w+)\/([^/]+))?$/.exec(path);
      const [, uid = "", kind = "vault", name = ""] = match ?? [];
      const route = match === null ? undefined : routes[`${method} ${kind}`];
      if (route === undefined) {
        throw new StrongroomError("NotFound", `no route ${method} ${path}`);
      }
      return route(uid, name, body);
    },
  };
}

type Route = (uid: string, name: string, body: unknown) => object;

function createRoutes(memory: FakeMemory): Readonly<Record<string, Route>> {
  const vault = (uid: string) => findVault(memory, uid);
  return {
    "PUT vault": (uid, _, body) => {
      const request = putVaultRequestSchema.parse(body);
      fence(memory, request);
      const created = putVault(memory, uid, request);
      return { ...factsOf(uid, vault(uid)), created };
    },
    "GET vault": (uid) => statusOf(uid, vault(uid)),
    "DELETE vault": (uid, _, body) => remove(memory, body, memory.vaults, uid),
    "PUT policies": (uid, name, body) => {
      const request = putPolicyRequestSchema.parse(body);
      fence(memory, request);
      return putPolicy(memory, vault(uid), name, request);
    },
    "DELETE policies": (uid, name, body) => remove(memory, body, vault(uid).policies, name),
    "PUT secrets": (uid, name, body) => {
      const request = putSecretRequestSchema.parse(body);
      fence(memory, request);
      return putObject(memory, vault(uid), { kind: "secrets", name }, request);
    },
    "DELETE secrets": (uid, name, body) => remove(memory, body, vault(uid).secrets, name),
  };
}

function fence(memory: FakeMemory, { epoch }: ManageCall): void {
  if (epoch < memory.highestEpoch) {
    throw new StrongroomError("StaleEpoch", "a newer leader has spoken");
  }
  memory.highestEpoch = epoch;
}

function remove(
  memory: FakeMemory,
  body: unknown,
  from: Map<string, unknown>,
  name: string,
): object {
  fence(memory, manageCallSchema.parse(body));
  const deleted = from.delete(name);
  memory.changes += deleted ? 1 : 0;
  return { deleted };
}
