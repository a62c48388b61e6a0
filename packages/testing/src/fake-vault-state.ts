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
  const vaults = new Map<string, FakeVaultRecord>();
  let highestEpoch = 0;
  let changes = 0;

  const change = () => {
    changes += 1;
  };
  const find = (uid: string): FakeVaultRecord => {
    const vault = vaults.get(uid);
    if (vault === undefined) {
      throw new StrongroomError("NotFound", "there is no such vault");
    }
    return vault;
  };
  const fence = ({ epoch }: ManageCall) => {
    if (epoch < highestEpoch) {
      throw new StrongroomError("StaleEpoch", "a newer leader has spoken");
    }
    highestEpoch = epoch;
  };

  const routes: Readonly<Record<string, (uid: string, name: string, body: unknown) => object>> = {
    "PUT vault": (uid, _, body) => {
      const request = putVaultRequestSchema.parse(body);
      fence(request);
      const known = vaults.get(uid);
      const isSame = known !== undefined && sameButEpoch(known.spec, request);
      if (!isSame) {
        change();
        vaults.set(uid, {
          spec: request,
          policies: known?.policies ?? new Map(),
          secrets: known?.secrets ?? new Map(),
        });
      }
      return { ...factsOf(uid, find(uid)), created: known === undefined };
    },
    "DELETE vault": (uid, _, body) => {
      fence(manageCallSchema.parse(body));
      change();
      return { deleted: vaults.delete(uid) };
    },
    "GET vault": (uid) => statusOf(uid, find(uid)),
    "PUT policies": (uid, name, body) => {
      const request = putPolicyRequestSchema.parse(body);
      fence(request);
      const { policies, secrets } = find(uid);
      const known = policies.get(name);
      if (known === undefined || !sameButEpoch(known, request)) {
        change();
        policies.set(name, request);
      }
      return { digest: digestOf(request.policy), objects: secrets.size, warnings: [] };
    },
    "DELETE policies": (uid, name, body) => {
      fence(manageCallSchema.parse(body));
      change();
      return { deleted: find(uid).policies.delete(name) };
    },
    "PUT secrets": (uid, name, body) => {
      const request = putSecretRequestSchema.parse(body);
      fence(request);
      return putSecret(find(uid), name, request, change);
    },
    "DELETE secrets": (uid, name, body) => {
      fence(manageCallSchema.parse(body));
      change();
      return { deleted: find(uid).secrets.delete(name) };
    },
  };

  return {
    vaults,
    changes: () => changes,
    plantSecret: (uid, name) => {
      find(uid).secrets.set(name, { owner: nobody, version: newVersion() });
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

function putSecret(
  { secrets, spec }: FakeVaultRecord,
  name: string,
  { owner }: PutSecretRequest,
  change: () => void,
): object {
  const known = secrets.get(name);
  if (known !== undefined && known.owner !== owner.uid) {
    throw new StrongroomError("NameInUse", `secret ${name} exists and is not this resource's`);
  }
  const record = known ?? { owner: owner.uid, version: newVersion() };
  if (known === undefined) {
    change();
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
