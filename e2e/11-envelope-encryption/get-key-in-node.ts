// SPDX-License-Identifier: Apache-2.0
/** Prints the public half of a vault's key as its API answers it. Where and as whom comes on standard input. */

import { readInput } from "../lib/read-input.ts";
import { createVaultApi, type VaultAccess } from "../lib/vault-api.ts";

const access = await readInput<VaultAccess>();
const { status, body } = await createVaultApi(access)("GET", "/keys/records");
if (status !== 200) {
  throw new Error(`no key but ${status}`);
}
process.stdout.write(JSON.stringify(body), () => process.exit(0));
