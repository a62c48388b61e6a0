// SPDX-License-Identifier: Apache-2.0
/**
 * Sets secrets one after the other and prints a line for each version that the vault acknowledged.
 *
 * Runs in the node's network. Access comes on standard input, so that the token is in no argument; it ends when
 * standard input does.
 */

import { createHash, randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { createVaultApi, type VaultAccess } from "../../lib/vault-api.ts";

/** Names that take turns: each gets many versions. */
const names = 20;
/** Milliseconds between two writes, and after a failed one. */
const pauseMs = 40;
const pauseAfterFailureMs = 150;

const lines = createInterface({ input: process.stdin });
let stopped = false;
lines.on("close", () => {
  stopped = true;
});
const first = await new Promise<string>((resolve) => lines.once("line", resolve));
const call = createVaultApi(JSON.parse(first) as VaultAccess);

for (let i = 0; !stopped; i += 1) {
  const name = `kill-${i % names}`;
  const value = randomBytes(24).toString("base64url");
  try {
    const { status, body } = await call("PUT", `/secrets/${name}`, { value });
    if (status === 200) {
      const version = (body as { id: string }).id.split("/").at(-1);
      const digest = createHash("sha256").update(value).digest("hex");
      console.log(JSON.stringify({ name, version, digest, at: Date.now() }));
      await sleep(pauseMs);
      continue;
    }
  } catch {
    // Not acknowledged: it may have been written or not, and either is right.
  }
  await sleep(pauseAfterFailureMs);
}
process.exit(0);
