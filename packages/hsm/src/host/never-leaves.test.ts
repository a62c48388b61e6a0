// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { createPrivateKey, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  type Folders,
  type HostUnderTest,
  init,
  makeFolders,
  startHost,
} from "../__fixtures__/host-process.ts";
import { needlesOf, searchMemory } from "../__fixtures__/process-memory.ts";
import type { KeySpec } from "../client/hsm-keys.ts";
import { makeKnownKey } from "../conformance/known-keys.ts";
import { wrapToExchange } from "../conformance/wrap-to-exchange.ts";

const program = fileURLToPath(new URL("../__fixtures__/key-user.ts", import.meta.url));

let folders: Folders;
let host: HostUnderTest;
let user: ChildProcess;
let answers: Interface;

beforeAll(async () => {
  folders = await makeFolders();
  await init(folders);
  host = await startHost(folders);
  const args = ["--conditions=@strongroom/source", program, folders.sockets];
  user = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  answers = createInterface({ input: user.stdout ?? process.stdin });
}, 60_000);

afterAll(async () => {
  user.kill("SIGKILL");
  await host.stop();
  await folders[Symbol.asyncDispose]();
});

async function ask(command: object): Promise<string> {
  user.stdin?.write(`${JSON.stringify(command)}\n`);
  const [line] = (await once(answers, "line", { signal: AbortSignal.timeout(30_000) })) as [string];
  return String(JSON.parse(line));
}

/** Every private part of a key, and what to look for of each. */
function partsOf(material: Uint8Array): Map<string, Buffer> {
  const key = createPrivateKey({ key: Buffer.from(material), format: "der", type: "pkcs8" });
  const { d, p, q, dp, dq, qi } = key.export({ format: "jwk" });
  const parts = Object.entries({ d, p, q, dp, dq, qi }).filter(([, value]) => value !== undefined);
  // Of PKCS #8 the end: it begins as every key's does, and RSA's has the modulus in it.
  const tail = material.subarray(-150);
  return new Map([
    ...parts.flatMap(([name, value]) => needlesOf(name, Buffer.from(value ?? "", "base64url"))),
    ...(d?.length === 43 ? [] : needlesOf("pkcs8", tail)),
  ]);
}

describe("a key that came in wrapped", () => {
  it.each(["rsa-2048", "ec-p256"] as const)(
    "of type %s is nowhere in the memory of the process that imported it and uses it",
    async (type) => {
      const known = makeKnownKey(type);
      const needles = partsOf(known.material);
      expect(needles.size).toBeGreaterThan(type === "rsa-2048" ? 69 : 9);
      const exchange = Buffer.from(await ask({ kind: "exchange" }), "base64");
      const ciphertext = Buffer.from(wrapToExchange(exchange, "SHA-256", known.material));
      const spec: KeySpec = {
        scope: "vault",
        keyId: "key",
        type,
        operations: ["sign"],
        class: "N",
      };
      const command = { kind: "import", spec, ciphertext: ciphertext.toString("base64") };
      expect(await ask(command)).toBe(Buffer.from(known.publicKey).toString("base64"));
      await delay(300);
      expect(searchMemory(user.pid ?? 0, needles)).toEqual([]);
      expect(Number(await ask({ kind: "rest" }))).toBeGreaterThan(10);
      expect(searchMemory(user.pid ?? 0, needles)).toEqual([]);
    },
    120_000,
  );

  it("would be found: a value that was planted in that memory is, in every form", async () => {
    const value = randomBytes(256);
    const needles = new Map(needlesOf("planted", value));
    expect(searchMemory(user.pid ?? 0, needles)).toEqual([]);
    await ask({ kind: "plant", value: value.toString("base64") });
    expect(searchMemory(user.pid ?? 0, needles)).toEqual([...needles.keys()].sort());
  }, 60_000);
});
