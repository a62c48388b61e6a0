// SPDX-License-Identifier: Apache-2.0
/** Types of keys that a token is known to lack. */

import { expect } from "@jest/globals";
import type { KeyType } from "../keys/key-types.ts";
import type { HsmUnderTest } from "./subjects.ts";

/** Whether the token lacks `type`; then it has refused to make such a key, and said which type it was. */
export async function lacksType({ client, lacks }: HsmUnderTest, type: KeyType): Promise<boolean> {
  if (!lacks.includes(type)) {
    return false;
  }
  const spec = { scope: "s", keyId: "k", type, operations: ["sign"], class: "N" } as const;
  const refusal = { code: "BadParameter", message: expect.stringContaining(type) };
  await expect(client.generateKey(spec)).rejects.toMatchObject(refusal);
  return true;
}
