// SPDX-License-Identifier: Apache-2.0
/** What a fake vault remembers, with the rules of the management routes: fencing, ownership, idempotence. */

import { createHash, randomBytes } from "node:crypto";
import {
  type ManageCall,
  manageCallSchema,
  type PutPolicyRequest,
  type PutSecretRequest,
  type PutVaultRequest,
  putPolicyRequestSchema,
  putSecretRequestSchema,
  putVaultRequestSchema,
} from "@strongroom/api";
import { StrongroomError } from "@strongroom/core";

/** Owner of what a person put there, which the operator never hears of. */
const nobody = "nobody";

/** A vault of the fake. */
export interface FakeVaultRecord {
  readonly spec: PutVaultRequest;
  readonly policies: Map<string, PutPolicyRequest>;
  readonly secrets: Map<string, { readonly owner: string; readonly version: string }>;
}

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
  const memory = createMemory();
  const routes = createRoutes(memory);
  return {
    vaults: memory.vaults,
    changes: () => memory.changes,
    plantSecret: (uid, name) => {
      find(memory, uid).secrets.set(name, { owner: nobody, version: newVersion() });
    },
    answer: (method, path, body) => {
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

interface Memory {
  readonly vaults: Map<string, FakeVaultRecord>;
  highestEpoch: number;
  changes: number;
}

type Route = (uid: string, name: string, body: unknown) => object;

function createMemory(): Memory {
  return { vaults: new Map(), highestEpoch: 0, changes: 0 };
}

function createRoutes(memory: Memory): Readonly<Record<string, Route>> {
  return {
    "PUT vault": (uid, _, body) => putVault(memory, uid, putVaultRequestSchema.parse(body)),
    "GET vault": (uid) => statusOf(uid, find(memory, uid)),
    "DELETE vault": (uid, _, body) => remove(memory, body, memory.vaults, uid),
    "PUT policies": (uid, name, body) =>
      putPolicy(memory, find(memory, uid), name, putPolicyRequestSchema.parse(body)),
    "DELETE policies": (uid, name, body) => remove(memory, body, find(memory, uid).policies, name),
    "PUT secrets": (uid, name, body) =>
      putSecret(memory, find(memory, uid), name, putSecretRequestSchema.parse(body)),
    "DELETE secrets": (uid, name, body) => remove(memory, body, find(memory, uid).secrets, name),
  };
}

function find({ vaults }: Memory, uid: string): FakeVaultRecord {
  const vault = vaults.get(uid);
  if (vault === undefined) {
    throw new StrongroomError("NotFound", "there is no such vault");
  }
  return vault;
}

function fence(memory: Memory, { epoch }: ManageCall): void {
  if (epoch < memory.highestEpoch) {
    throw new StrongroomError("StaleEpoch", "a newer leader has spoken");
  }
  memory.highestEpoch = epoch;
}

function remove(memory: Memory, body: unknown, from: Map<string, unknown>, name: string): object {
  fence(memory, manageCallSchema.parse(body));
  const deleted = from.delete(name);
  memory.changes += deleted ? 1 : 0;
  return { deleted };
}

function putVault(memory: Memory, uid: string, request: PutVaultRequest): object {
  fence(memory, request);
  const known = memory.vaults.get(uid);
  if (known === undefined || !sameButEpoch(known.spec, request)) {
    memory.changes += 1;
    const contents = known ?? { policies: new Map(), secrets: new Map() };
    memory.vaults.set(uid, { ...contents, spec: request });
  }
  return { ...factsOf(uid, find(memory, uid)), created: known === undefined };
}

function putPolicy(
  memory: Memory,
  { policies, secrets }: FakeVaultRecord,
  name: string,
  request: PutPolicyRequest,
): object {
  fence(memory, request);
  const known = policies.get(name);
  if (known === undefined || !sameButEpoch(known, request)) {
    memory.changes += 1;
    policies.set(name, request);
  }
  return { digest: digestOf(request.policy), objects: secrets.size, warnings: [] };
}

function putSecret(
  memory: Memory,
  { secrets, spec }: FakeVaultRecord,
  name: string,
  request: PutSecretRequest,
): object {
  fence(memory, request);
  const { owner } = request;
  const known = secrets.get(name);
  if (known !== undefined && known.owner !== owner.uid) {
    throw new StrongroomError("NameInUse", `secret ${name} exists and is not this resource's`);
  }
  const record = known ?? { owner: owner.uid, version: newVersion() };
  if (known === undefined) {
    memory.changes += 1;
    secrets.set(name, record);
  }
  const id = `https://${spec.name}.${spec.namespace}.svc/secrets/${name}/${record.version}`;
  return { version: record.version, id, created: known === undefined };
}

function factsOf(uid: string, { spec, secrets }: FakeVaultRecord): object {
  const head = { log: "fake-log", size: 1, root: "0".repeat(64), time: 1_700_000_000_000 };
  return {
    uid,
    protection: spec.spec.protection,
    domain: "none",
    enforcedBy: "host",
    auditHead: head,
    counts: { secrets: secrets.size },
  };
}

function statusOf(uid: string, record: FakeVaultRecord): object {
  const { name, namespace } = record.spec;
  const policies = [...record.policies].map(([policy, { owner, policy: content }]) => ({
    name: policy,
    owner,
    digest: digestOf(content),
  }));
  const secrets = [...record.secrets]
    .filter(([, { owner }]) => owner !== nobody)
    .map(([secret, { owner, version }]) => ({ name: secret, owner: { uid: owner }, version }));
  return { ...factsOf(uid, record), name, namespace, policies, secrets };
}

function sameButEpoch(a: ManageCall, b: ManageCall): boolean {
  return JSON.stringify({ ...a, epoch: 0 }) === JSON.stringify({ ...b, epoch: 0 });
}

function digestOf(policy: object): string {
  return createHash("sha256").update(JSON.stringify(policy)).digest("hex");
}

function newVersion(): string {
  return randomBytes(16).toString("hex");
}
