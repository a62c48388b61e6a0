// SPDX-License-Identifier: Apache-2.0
/** What a fake vault remembers, with the rules of the management routes: fencing, ownership, idempotence. */

import {
  type AttestationAuthoritySpec,
  deleteAuthorityRequestSchema,
  type ManageCall,
  manageCallSchema,
  type NodeVerdict,
  type ObjectKind,
  putAuthorityRequestSchema,
  putCertificateRequestSchema,
  putKeyRequestSchema,
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
  /** What becomes of certificates from now on. */
  issue(state: FakeMemory["issuing"]): void;
  /** The attestation authority's rules. */
  readonly authority: () => AttestationAuthoritySpec | undefined;
  /** What it decided about nodes. */
  decide(nodes: readonly NodeVerdict[]): void;
  /** Answers a request, or throws a StrongroomError. */
  answer(method: string, path: string, body: unknown): object;
}

/** An empty state. */
export function createFakeVaultState(): FakeVaultState {
  const memory: FakeMemory = {
    vaults: new Map(),
    highestEpoch: 0,
    changes: 0,
    issuing: "completed",
  };
  const routes = createRoutes(memory);
  let authority: AttestationAuthoritySpec | undefined;
  let nodes: readonly NodeVerdict[] = [];
  const attestation: Readonly<Record<string, (body: unknown) => object>> = {
    "PUT /strongroom/v1/manage/attestation": (body) => {
      const request = putAuthorityRequestSchema.parse(body);
      fence(memory, request);
      authority = request.spec;
      return { policyHash: "hash" };
    },
    "DELETE /strongroom/v1/manage/attestation": (body) => {
      fence(memory, deleteAuthorityRequestSchema.parse(body));
      const deleted = authority !== undefined;
      authority = undefined;
      return { deleted };
    },
    "GET /strongroom/v1/manage/nodes": () => ({ nodes }),
  };
  return {
    vaults: memory.vaults,
    changes: () => memory.changes,
    plantSecret: (uid, name) => {
      const planted = { owner: nobody, version: newVersion(), request: undefined };
      findVault(memory, uid).secrets.set(name, planted);
    },
    issue: (state) => {
      memory.issuing = state;
    },
    authority: () => authority,
    decide: (verdicts) => {
      nodes = verdicts;
    },
    answer: (method, path, body) => {
      const answered = attestation[`${method} ${path}`]?.(body);
      if (answered !== undefined) {
        return answered;
      }
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
    ...objectRoutes(memory, "secrets", putSecretRequestSchema),
    ...objectRoutes(memory, "keys", putKeyRequestSchema),
    ...objectRoutes(memory, "certificates", putCertificateRequestSchema),
  };
}

function objectRoutes(
  memory: FakeMemory,
  kind: ObjectKind,
  schema: { readonly parse: (body: unknown) => ManageCall },
): Readonly<Record<string, Route>> {
  return {
    [`PUT ${kind}`]: (uid, name, body) => {
      const request = schema.parse(body);
      fence(memory, request);
      const answer = putObject(memory, findVault(memory, uid), { kind, name }, request);
      return kind === "certificates" ? { ...answer, state: memory.issuing } : answer;
    },
    [`DELETE ${kind}`]: (uid, name, body) =>
      remove(memory, body, findVault(memory, uid)[kind], name),
  };
}

function fence(memory: FakeMemory, { epoch }: Pick<ManageCall, "epoch">): void {
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
