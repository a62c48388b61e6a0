// SPDX-License-Identifier: Apache-2.0
/** P-256 signatures in a loop in one process, over the token of a folder: `hsm-loop.ts MODULE DATA SECONDS`; prints a line of JSON. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { generateKey } from "../packages/hsm/src/token/generate-key.ts";
import { openToken } from "../packages/hsm/src/token/open-token.ts";
import { loadModule } from "../packages/hsm/src/token/pkcs11.ts";
import { computeSignature } from "../packages/hsm/src/token/signatures.ts";
import { findKey, objectOf } from "../packages/hsm/src/token/use-key.ts";

const [path = "", data = "", seconds = "1"] = process.argv.slice(2);
const module = loadModule(path);
const token = openToken(module, readFileSync(join(data, "pin"), "utf8"));
const place = { scope: "bench", keyId: "loop" } as const;
const { blob } = generateKey(token, {
  ...place,
  class: "N",
  keyType: "ec-p256",
  operations: ["sign"],
});
const object = objectOf(token, findKey(token, { blob, operation: "sign" }), "sign");
const what = { algorithm: "ES256", keyType: "ec-p256", input: new Uint8Array(32).fill(7) } as const;

function loop(milliseconds: number): { readonly rate: number; readonly cpuMicros: number } {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  let count = 0;
  for (; performance.now() - start < milliseconds; count += 16) {
    for (let index = 0; index < 16; index += 1) {
      computeSignature(token, object, what);
    }
  }
  const { user, system } = process.cpuUsage(cpu);
  return {
    rate: (count * 1_000) / (performance.now() - start),
    cpuMicros: (user + system) / count,
  };
}

loop(300);
console.log(JSON.stringify(loop(Number(seconds) * 1_000)));
module.C_Finalize();
