// SPDX-License-Identifier: Apache-2.0
/**
 * P-256 signatures in a loop in one process, over the token of a folder: `sign-loop.ts MODULE DATA`. For each line of input,
 * a number of milliseconds, it prints how many a second it made.
 */

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { dataFolder } from "../../packages/hsm/src/host/data-folder.ts";
import { generateKey } from "../../packages/hsm/src/token/generate-key.ts";
import { openToken } from "../../packages/hsm/src/token/open-token.ts";
import { loadModule } from "../../packages/hsm/src/token/pkcs11.ts";
import { computeSignature } from "../../packages/hsm/src/token/signatures.ts";
import { findKey, objectOf } from "../../packages/hsm/src/token/use-key.ts";

/** Signatures between two looks at the clock. */
const stride = 16;

const [path = "", data = ""] = process.argv.slice(2);
const module = loadModule(path);
const token = openToken(module, readFileSync(dataFolder(data).pin, "utf8"));
const { blob } = generateKey(token, {
  scope: "bench",
  keyId: "loop",
  class: "N",
  keyType: "ec-p256",
  operations: ["sign"],
});
const object = objectOf(token, findKey(token, { blob, operation: "sign" }), "sign");
const what = { algorithm: "ES256", keyType: "ec-p256", input: new Uint8Array(32).fill(7) } as const;

for await (const line of createInterface({ input: process.stdin })) {
  const start = performance.now();
  let count = 0;
  for (; performance.now() - start < Number(line); count += stride) {
    for (let index = 0; index < stride; index += 1) {
      computeSignature(token, object, what);
    }
  }
  console.log((count * 1_000) / (performance.now() - start));
}
