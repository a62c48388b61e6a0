// SPDX-License-Identifier: Apache-2.0
/**
 * A process that uses an HSM as the vault does, over the socket: `key-user.ts DIRECTORY`. Lines of JSON on standard input:
 * `exchange` makes an exchange key and prints its public half, `import` takes a wrapped key in and uses it without pause,
 * `plant` keeps a value in memory in every form that is searched for, `rest` stops using the key.
 */

import { createInterface } from "node:readline";
import { silentLog } from "@strongroom/core";
import { connectHsm } from "../client/connect-hsm.ts";
import type { GeneratedKey, KeySpec } from "../client/hsm-keys.ts";

type Command =
  | { readonly kind: "exchange" }
  | { readonly kind: "import"; readonly spec: KeySpec; readonly ciphertext: string }
  | { readonly kind: "plant"; readonly value: string }
  | { readonly kind: "rest" };

const client = await connectHsm({ directory: process.argv[2] ?? "", log: silentLog });
const place = { scope: "vault", keyId: "exchange" } as const;
const planted: unknown[] = [];
let exchange: GeneratedKey | undefined;
let busy = false;
let uses = 0;

async function use({ blob }: GeneratedKey, { type }: KeySpec): Promise<void> {
  const algorithm = type === "rsa-2048" ? "PS256" : "ES256";
  const digest = new Uint8Array(32).fill(5);
  for (busy = true; busy; uses += 1) {
    await client.sign(blob, algorithm, digest);
  }
}

async function obey(command: Command): Promise<unknown> {
  switch (command.kind) {
    case "exchange":
      exchange = await client.generateKey({
        ...place,
        type: "rsa-2048",
        operations: ["import"],
        class: "N",
      });
      return Buffer.from(exchange.publicKey).toString("base64");
    case "import": {
      const ciphertext = Buffer.from(command.ciphertext, "base64");
      const blob = exchange?.blob ?? new Uint8Array(0);
      const wrapped = { exchange: blob, hash: "SHA-256", ciphertext } as const;
      const key = await client.importWrapped(command.spec, wrapped);
      void use(key, command.spec);
      return Buffer.from(key.publicKey).toString("base64");
    }
    case "plant": {
      const bytes = Buffer.from(command.value, "base64");
      const hex = bytes.toString("hex");
      planted.push(bytes, Buffer.from(bytes).reverse(), hex, hex.toUpperCase());
      planted.push(bytes.toString("base64"), bytes.toString("base64url"));
      return planted.length;
    }
    case "rest":
      busy = false;
      return uses;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await obey(JSON.parse(line) as Command))}\n`);
}
