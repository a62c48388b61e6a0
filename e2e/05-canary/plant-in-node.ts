// SPDX-License-Identifier: Apache-2.0
/** Sets the canary as two secrets, one governed and one not, and provokes answers that might quote it. */

import { readInput } from "../lib/read-input.ts";
import { createVaultApi, type VaultAccess } from "../lib/vault-api.ts";

const { canary, access } = await readInput<{ canary: string; access: VaultAccess }>();
const call = createVaultApi(access);

async function expectStatus(status: number, ...request: Parameters<typeof call>): Promise<unknown> {
  const answer = await call(...request);
  if (answer.status !== status) {
    throw new Error(`${request[0]} ${request[1]}: ${answer.status}, not ${status}`);
  }
  return answer.body;
}

await expectStatus(200, "PUT", "/secrets/governed", { value: canary });
await expectStatus(200, "PUT", "/secrets/plain", { value: canary, tags: { a: "b" } });
const plain = (await expectStatus(200, "GET", "/secrets/plain")) as { value: string };
if (plain.value !== canary) {
  throw new Error("the vault gave back another value");
}
// A governed secret leaves by release alone; and what is malformed must not be quoted in an error, a log or the audit.
const refused = JSON.stringify([
  await expectStatus(403, "GET", "/secrets/governed"),
  await expectStatus(400, "PUT", "/secrets/bad", {
    value: canary,
    attributes: { enabled: canary },
  }),
  await expectStatus(400, "PUT", "/secrets/bad", { value: [canary] }),
  await expectStatus(400, "PUT", "/secrets/bad", {
    value: canary,
    tags: { [canary.repeat(20)]: "x" },
  }),
]);
if (refused.includes(canary)) {
  throw new Error("an error quotes the value");
}
process.exit(0);
