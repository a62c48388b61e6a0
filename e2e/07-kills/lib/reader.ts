// SPDX-License-Identifier: Apache-2.0
/** Reads every acknowledged version back; prints how many were right, and each that was not. */

import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { readInput } from "../../lib/read-input.ts";
import { type Answer, createVaultApi, type VaultAccess } from "../../lib/vault-api.ts";

interface Acknowledged {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
}

/** Milliseconds to wait when the vault says that this caller asked too often. */
const pauseMs = 1_000;

const { access, acknowledged } = await readInput<{
  access: VaultAccess;
  acknowledged: readonly Acknowledged[];
}>();
const call = createVaultApi(access);
const wrong: string[] = [];

/** A fast machine reads more than one caller may: then wait as any client does, and ask again. */
async function get(path: string): Promise<Answer> {
  for (;;) {
    const answer = await call("GET", path);
    if (answer.status !== 429) {
      return answer;
    }
    await sleep(pauseMs);
  }
}

async function check({ name, version, digest }: Acknowledged): Promise<void> {
  const { status, body } = await get(`/secrets/${name}/${version}`);
  const value = (body as { value?: string }).value ?? "";
  const found = createHash("sha256").update(value).digest("hex");
  if (status !== 200 || found !== digest) {
    wrong.push(`${name}/${version}: ${status}`);
  }
}

const atOnce = 8;
const queue = [...acknowledged];
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      await check(next);
    }
  }),
);
console.log(
  JSON.stringify({ right: acknowledged.length - wrong.length, wrong: wrong.slice(0, 20) }),
);
process.exit(0);
