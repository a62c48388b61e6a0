// SPDX-License-Identifier: Apache-2.0
/**
 * Attested releases over TLS with audit, by a vault as it is shipped: a secret for a pod on an attested node, each with a proof of
 * its own; and an RSA key, wrapped inside the HSM, by Azure's route.
 */

import { randomUUID } from "node:crypto";
import { routes } from "@strongroom/api";
import { utf8 } from "@strongroom/core";
import { signProof } from "../../csi-driver/src/release/proof.ts";
import { startInstallation } from "../../e2e/socket/fixtures/installation.ts";
import { makeMachine } from "../../e2e/socket/fixtures/machine.ts";
import { accounts, hostOf, issuer } from "../../e2e/socket/fixtures/names.ts";
import {
  policyFor,
  releasingVault,
  startReleasingVault,
} from "../../e2e/socket/fixtures/releasing-vault.ts";
import { row } from "../in-node.ts";
import type { LoadOrder } from "./load-order.ts";
import { shippedBuild } from "./measured-vault.ts";
import { type Measured, runLoad, type Servers } from "./run-load.ts";

const warmUpMs = Number(process.env["STRONGROOM_BENCH_WARM_UP_MS"] ?? "2000");
const measureMs = Number(process.env["STRONGROOM_BENCH_MEASURE_MS"] ?? "5000");
/** More than a second of one core answers. */
const mostPerSecond = 1_500;
const openLoop = { perSecond: 100, connections: 64 };

type Order = Omit<LoadOrder, "connections" | "warmUpMs" | "measureMs">;

async function measure(
  order: Order,
  servers: Servers,
  load: { readonly connections: number; readonly perSecond?: number },
): Promise<Measured> {
  return await runLoad({ ...order, ...load, warmUpMs, measureMs }, servers);
}

function show(title: string, rate: string, measured: Measured, goal: string): void {
  const { cpuPerThousand, cpuBesidePerThousand, p50, p99, failures } = measured;
  row(title, rate, goal, failures === 0 ? "" : `${failures} failed`);
  row(
    "  CPU s/1,000: vault, HSM host",
    `${cpuPerThousand.toFixed(2)}, ${cpuBesidePerThousand.toFixed(2)}`,
    "",
    "",
  );
  row("  p50, p99 ms", `${p50.toFixed(1)}, ${p99.toFixed(1)}`, "", "");
}

async function measureSecrets(): Promise<void> {
  await using installation = await startInstallation({
    ...{ cluster: true, tpms: 1, build: await shippedBuild() },
  });
  const { cluster, oidc, vault, hsm, manage } = installation;
  const node = await makeMachine(installation, "node-1", 0);
  const user = { serviceAccount: { name: accounts.app.name } };
  const officer = { oidc: { issuer: oidc.issuer, subject: "officer" } };
  const roleAssignments = [
    { role: "Key Vault Secrets User" as const, scope: "secrets/*", principals: [user] },
    { role: "Key Vault Administrator" as const, scope: "*", principals: [officer] },
  ];
  const name = "measured";
  const { uid } = await installation.putVault({ name, spec: { roleAssignments } });
  const admitted = [{ claim: "x-strongroom-class", equals: "software" }];
  await manage((client) =>
    client.putPolicy(uid, "local", {
      ...{ epoch: 0, generation: 1, owner: { uid: "bench" }, immutable: false },
      selector: { kinds: ["secrets"], names: ["*"] },
      policy: { version: "1.0.0", anyOf: [{ authority: issuer, allOf: admitted }] },
    }),
  );
  await installation.send({
    ...{ serverName: hostOf(name), method: "PUT", path: "/secrets/one?api-version=7.5" },
    ...{ body: { value: "x".repeat(1_024) }, token: await oidc.token("officer") },
  });
  const token = await cluster.podToken(await cluster.makePod("node-1", accounts.app));
  const session = await node.attest();
  const body = JSON.stringify({ target: session.token, items: [{ kind: "secrets", name: "one" }] });
  const proof = () =>
    signProof(session.keys.verify, {
      ...{ vaultUid: uid, podToken: token, target: session.token, body: utf8(body) },
      ...{ jti: randomUUID(), at: new Date() },
    });
  const proofs = async (perSecond: number) => {
    // More than are asked for, as the last second is a long one on a busy machine.
    const count = (perSecond * (warmUpMs + 2 * measureMs)) / 1_000;
    return await Promise.all(Array.from({ length: Math.ceil(count) }, proof));
  };
  const order = { port: vault.port, ca: installation.ca(), serverName: hostOf(name), token, body };
  const servers = { pid: vault.pid(), beside: hsm.pid() };
  const paths = [routes.release];
  const full = await measure({ ...order, paths, proofs: await proofs(mostPerSecond) }, servers, {
    connections: 32,
  });
  const perCore = 1_000 / full.cpuPerThousand;
  show("a secret, as many as there are /s", full.perSecond.toFixed(0), full, "");
  row("  for each CPU second of the vault", perCore.toFixed(0), ">= 400", "");
  const open = await measure(
    { ...order, paths, proofs: await proofs(openLoop.perSecond) },
    ...([servers, openLoop] as const),
  );
  show(`a secret, ${openLoop.perSecond}/s come, p99 ms`, open.p99.toFixed(1), open, "<= 25");
  await vault.stop();
}

async function measureKeys(): Promise<void> {
  await using releasing = await startReleasingVault({ build: await shippedBuild() });
  const { installation, maa } = releasing;
  const { vault, hsm, oidc } = installation;
  const data = Buffer.from(JSON.stringify(policyFor({ claim: "x-ms-ver", equals: "1.0" })));
  await releasing.call("POST", "/keys/one/create", {
    ...{ kty: "RSA-HSM", key_size: 2048, attributes: { exportable: true } },
    release_policy: { data: data.toString("base64url") },
  });
  const order = {
    ...{ port: vault.port, ca: installation.ca(), serverName: hostOf(releasingVault) },
    ...{ paths: ["/keys/one/release?api-version=7.4"], token: await oidc.token("officer") },
    body: JSON.stringify({ target: await maa.token(), enc: "RSA_AES_KEY_WRAP_256" }),
  };
  const keys = await measure(order, { pid: vault.pid(), beside: hsm.pid() }, { connections: 16 });
  show("an RSA-2048 key of the HSM, /s", keys.perSecond.toFixed(0), keys, ">= 100");
  await vault.stop();
}

console.log("\nAttested releases over TLS, audited, the attestation token held");
row("", "", "goal", "");
await measureSecrets();
await measureKeys();
