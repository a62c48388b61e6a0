// SPDX-License-Identifier: Apache-2.0
/** What a fake vault tells about itself. */

import {
  type FakeMemory,
  type FakeObject,
  type FakeVaultRecord,
  nobody,
} from "./fake-vault-memory.ts";
import { digestOf } from "./fake-vault-writes.ts";

/** Nobody's key. */
const fakeSealingKey = {
  ...{ kty: "RSA", n: "AQAB", e: "AQAB", alg: "RSA-OAEP-256", use: "enc", kid: "fake" },
} as const;

/** What holds for the vault. */
export function factsOf(
  uid: string,
  { spec, secrets, keys, certificates }: FakeVaultRecord,
): object {
  const head = { log: "fake-log", size: 1, root: "0".repeat(64), time: 1_700_000_000_000 };
  return {
    uid,
    protection: spec.spec.protection,
    domain: "none",
    enforcedBy: "host",
    auditHead: head,
    sealingKey: fakeSealingKey,
    counts: { secrets: secrets.size, keys: keys.size, certificates: certificates.size },
  };
}

/** Facts and contents. */
export function statusOf(uid: string, record: FakeVaultRecord): object {
  const { name, namespace } = record.spec;
  const policies = [...record.policies].map(([policy, { owner, policy: content }]) => ({
    name: policy,
    owner,
    digest: digestOf(content),
  }));
  const contents = {
    secrets: held(record.secrets),
    keys: held(record.keys),
    certificates: held(record.certificates),
  };
  return { ...factsOf(uid, record), name, namespace, policies, ...contents };
}

/** Every vault. */
export function listVaults({ vaults }: FakeMemory): object {
  const listed = [...vaults].map(([uid, { spec }]) => {
    const { owner, name, namespace } = spec;
    return { uid, owner, name, namespace, deleted: null };
  });
  return { vaults: listed };
}

function held(objects: ReadonlyMap<string, FakeObject>): readonly object[] {
  return [...objects]
    .filter(([, { owner }]) => owner !== nobody)
    .map(([name, { owner, version }]) => ({ name, owner: { uid: owner }, version }));
}
