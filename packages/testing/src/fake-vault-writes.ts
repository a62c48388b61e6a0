// SPDX-License-Identifier: Apache-2.0
/** What the operator's calls change in a fake vault. */

import { createHash } from "node:crypto";
import type { ManageCall, ObjectKind, PutPolicyRequest, PutVaultRequest } from "@strongroom/api";
import { StrongroomError } from "@strongroom/core";
import { type FakeMemory, type FakeVaultRecord, newVersion } from "./fake-vault-memory.ts";

/** Makes or changes a vault; answers whether it made it. */
export function putVault(memory: FakeMemory, uid: string, request: PutVaultRequest): boolean {
  const known = memory.vaults.get(uid);
  if (known === undefined || !sameButEpoch(known.spec, request)) {
    memory.changes += 1;
    const contents = known ?? {
      ...{ policies: new Map(), secrets: new Map() },
      ...{ keys: new Map(), certificates: new Map() },
    };
    memory.vaults.set(uid, { ...contents, spec: request });
  }
  return known === undefined;
}

/** Pins a policy. */
export function putPolicy(
  memory: FakeMemory,
  { policies, secrets }: FakeVaultRecord,
  name: string,
  request: PutPolicyRequest,
): object {
  const known = policies.get(name);
  if (known === undefined || !sameButEpoch(known, request)) {
    memory.changes += 1;
    policies.set(name, request);
  }
  return { digest: digestOf(request.policy), objects: secrets.size, names: [], warnings: [] };
}

/** Makes an object once, and remembers what is said of it. @throws {StrongroomError} `NameInUse` */
export function putObject(
  memory: FakeMemory,
  vault: FakeVaultRecord,
  { kind, name }: { readonly kind: ObjectKind; readonly name: string },
  request: ManageCall,
): object {
  const known = vault[kind].get(name);
  const owner = request.owner.uid;
  if (known !== undefined && known.owner !== owner) {
    throw new StrongroomError("NameInUse", `${name} exists and is not this resource's`);
  }
  const version = known?.version ?? newVersion();
  if (known?.request === undefined || !sameButEpoch(known.request, request)) {
    memory.changes += 1;
    vault[kind].set(name, { owner, version, request });
  }
  const { name: vaultName, namespace } = vault.spec;
  const id = `https://${vaultName}.${namespace}.svc/${kind}/${name}/${version}`;
  return { version, id, created: known === undefined };
}

function sameButEpoch(a: ManageCall, b: ManageCall): boolean {
  return JSON.stringify({ ...a, epoch: 0 }) === JSON.stringify({ ...b, epoch: 0 });
}

/** Digest that the fake shows of a policy. */
export function digestOf(policy: object): string {
  return createHash("sha256").update(JSON.stringify(policy)).digest("hex");
}
