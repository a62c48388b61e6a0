// SPDX-License-Identifier: Apache-2.0
/** A vault as it is shipped, with one vault and secrets in it, for measurements on this machine. */

import { readFile } from "node:fs/promises";
import { Agent } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  type Installation,
  type InstallationOptions,
  startInstallation,
} from "../../e2e/socket/fixtures/installation.ts";
import { hostOf } from "../../e2e/socket/fixtures/names.ts";
import type { VaultBuild } from "../../e2e/socket/fixtures/vault-process.ts";
import type { LoadOrder } from "./load-order.ts";
import type { Servers } from "./run-load.ts";

const name = "measured";
const officer = "officer";
const attempts = 10;
const version = "api-version=7.5";
const containerfile = new URL("../../e2e/cluster/images/vault/Containerfile", import.meta.url);
const bundle = fileURLToPath(new URL("../../dist/vault.js", import.meta.url));

/** The vault. */
export interface MeasuredVault extends AsyncDisposable {
  readonly installation: Installation;
  /** The vault, and its HSM host. */
  servers(): Required<Servers>;
  /** Sends a request as who may do everything. */
  send(method: string, path: string, body?: object): Promise<void>;
  /** Orders for the load generator: GETs of the first 1,000 secrets. */
  readonly order: Pick<LoadOrder, "port" | "ca" | "serverName" | "token" | "paths">;
}

/** Starts it from the bundle, with the flags of its image. */
export async function startMeasuredVault(
  options: Pick<InstallationOptions, "backup"> = {},
): Promise<MeasuredVault> {
  const installation = await startInstallation({ build: await shippedBuild(), ...options });
  const { oidc, vault, hsm } = installation;
  const principals = [{ oidc: { issuer: oidc.issuer, subject: officer } }];
  const role = { role: "Key Vault Administrator" as const, scope: "*", principals };
  await installation.putVault({ name, spec: { roleAssignments: [role] } });
  const token = await oidc.token(officer);
  const serverName = hostOf(name);
  const agent = new Agent({ keepAlive: true });
  return {
    installation,
    servers: () => ({ pid: vault.pid(), beside: hsm.pid() }),
    send: async (method, path, body) => {
      const request = { serverName, token, method, path: `${path}?${version}`, body, agent };
      let answer = await installation.send(request);
      // A machine that does something else as well may be slow to write.
      for (let attempt = 0; answer.status === 503 && attempt < attempts; attempt += 1) {
        await sleep(1000 * Number(answer.headers["retry-after"]));
        answer = await installation.send(request);
      }
      if (answer.status !== 200) {
        throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
      }
    },
    order: {
      ...{ port: vault.port, ca: installation.ca(), serverName, token },
      paths: secretPaths(1_000),
    },
    [Symbol.asyncDispose]: async () => {
      agent.destroy();
      await vault.stop();
      await installation[Symbol.asyncDispose]();
    },
  };
}

/** Writes the secrets from `first` to before `end`, 1 KiB each unless they have another length. */
export async function fillSecrets(
  vault: MeasuredVault,
  first: number,
  end: number,
  bytes = 1_024,
): Promise<void> {
  const value = "x".repeat(bytes);
  const inFlight = 64;
  for (let from = first; from < end; from += inFlight) {
    const batch = Array.from({ length: Math.min(inFlight, end - from) }, (_, i) =>
      vault.send("PUT", secretPath(from + i), { value }),
    );
    await Promise.all(batch);
  }
}

/** Makes EC keys in the HSM, which sign; their paths. */
export async function fillKeys(vault: MeasuredVault, count: number): Promise<readonly string[]> {
  const paths = Array.from({ length: count }, (_, i) => `/keys/key-${i}`);
  const inFlight = 16;
  for (let from = 0; from < count; from += inFlight) {
    const batch = paths.slice(from, from + inFlight);
    await Promise.all(
      batch.map((path) =>
        vault.send("POST", `${path}/create`, { kty: "EC-HSM", key_ops: ["sign"] }),
      ),
    );
  }
  return paths;
}

/** What to GET the first secrets by. */
export function secretPaths(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${secretPath(i)}?${version}`);
}

const secretPath = (index: number) => `/secrets/secret-${index}`;

/** The vault as it is shipped: the bundle, with the flags of its image. */
export async function shippedBuild(): Promise<VaultBuild> {
  return { file: bundle, flags: await flagsOfImage() };
}

async function flagsOfImage(): Promise<readonly string[]> {
  const entry = /^ENTRYPOINT (\[.*\])$/m.exec(await readFile(containerfile, "utf8"))?.[1] ?? "[]";
  // More of them, `--cpu-prof` for instance.
  const more = process.env["STRONGROOM_BENCH_FLAGS"]?.split(" ") ?? [];
  return [...(JSON.parse(entry) as string[]).filter((part) => part.startsWith("--")), ...more];
}
