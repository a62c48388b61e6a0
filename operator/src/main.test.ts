// SPDX-License-Identifier: Apache-2.0
/** The program itself, with exactly the rights that it is given in a cluster. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { freePort } from "@strongroom/core";
import {
  type FakeVault,
  fakeVaultToken,
  startApiServer,
  startFakeVault,
  type TestApiServer,
} from "@strongroom/testing";
import { parse } from "yaml";
import { renderCrds } from "../../packages/api/src/generate-crds.ts";
import { clusterRules, leaseRules } from "./__fixtures__/operator-rights.ts";

const rbac = "/apis/rbac.authorization.k8s.io/v1";
let server: TestApiServer;
let vault: FakeVault;
let directory: string;
let operator: ChildProcess | undefined;
let output = "";

beforeAll(async () => {
  [server, vault] = await Promise.all([startApiServer(), startFakeVault()]);
  directory = await mkdtemp(join(tmpdir(), "strongroom-operator-"));
  for (const text of renderCrds().values()) {
    const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    await server.call("POST", path, parse(text));
  }
  await grant();
  await writeFile(join(directory, "infrastructure-ca.crt"), vault.ca.certificatePem);
  await writeFile(join(directory, "release-root.crt"), vault.ca.certificatePem);
  await writeFile(join(directory, "token"), fakeVaultToken);
}, 90_000);

afterAll(async () => {
  operator?.kill("SIGKILL");
  await rm(directory, { recursive: true });
  await vault[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function grant(): Promise<void> {
  const namespace = "strongroom-system";
  await server.call("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  const metadata = { name: "operator" };
  await server.call("POST", accounts, { metadata });
  const subjects = [{ kind: "ServiceAccount", name: "operator", namespace }];
  const bind = (kind: string) => ({
    ...{ metadata, subjects },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name: "operator" },
  });
  await server.call("POST", `${rbac}/clusterroles`, { metadata, rules: clusterRules });
  await server.call("POST", `${rbac}/clusterrolebindings`, bind("ClusterRole"));
  const roles = `${rbac}/namespaces/${namespace}`;
  await server.call("POST", `${roles}/roles`, { metadata, rules: leaseRules });
  await server.call("POST", `${roles}/rolebindings`, bind("Role"));
  const { body } = await server.call("POST", `${accounts}/operator/token`, { spec: {} });
  await writeFile(join(directory, "kubeconfig"), kubeconfigOf(body.status.token));
}

function kubeconfigOf(token: string): string {
  const certificate = Buffer.from(server.caPem).toString("base64");
  const address = `https://${server.host}:${server.port}`;
  const cluster = { server: address, "certificate-authority-data": certificate };
  return JSON.stringify({
    "current-context": "test",
    clusters: [{ name: "test", cluster }],
    users: [{ name: "test", user: { token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
  });
}

async function start(): Promise<{ readonly healthPort: number; readonly exit: Promise<number> }> {
  const healthPort = await freePort();
  const program = spawn(
    process.execPath,
    ["--conditions=@strongroom/source", new URL("main.ts", import.meta.url).pathname],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        STRONGROOM_NAMESPACE: "strongroom-system",
        STRONGROOM_POD_NAME: "operator-1",
        STRONGROOM_VAULT_HOST: "127.0.0.1",
        STRONGROOM_VAULT_PORT: String(vault.port),
        STRONGROOM_CA_DIRECTORY: directory,
        STRONGROOM_TOKEN_FILE: join(directory, "token"),
        STRONGROOM_KUBECONFIG: join(directory, "kubeconfig"),
        STRONGROOM_HEALTH_PORT: String(healthPort),
      },
    },
  );
  operator = program;
  program.stderr?.on("data", (chunk: Uint8Array) => {
    output += Buffer.from(chunk).toString("utf8");
  });
  const exit = new Promise<number>((resolve) =>
    program.once("exit", (code) => resolve(code ?? -1)),
  );
  return { healthPort, exit };
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 25_000;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error(`the condition did not become true; the operator said:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const resource = (plural: string, name = "") =>
  `/apis/strongroom.io/v1alpha1/namespaces/default/${plural}/${name}`;
const isReady = async (plural: string, name: string) => {
  const { body } = await server.call("GET", resource(plural, name));
  return body.status?.conditions?.[0]?.status === "True";
};
const leasePath =
  "/apis/coordination.k8s.io/v1/namespaces/strongroom-system/leases/strongroom-operator";

describe("the operator's program", () => {
  it("does its work with these rights, answers probes, and gives the lease up on SIGTERM", async () => {
    const { healthPort, exit } = await start();
    const kind = { apiVersion: "strongroom.io/v1alpha1", metadata: { name: "v" } };
    const spec = { vault: "v", generate: {} };
    await server.call("POST", resource("secretvaults"), { ...kind, kind: "SecretVault", spec: {} });
    await server.call("POST", resource("vaultsecrets"), { ...kind, kind: "VaultSecret", spec });
    await until(() => isReady("secretvaults", "v"));
    await until(() => isReady("vaultsecrets", "v"));
    const probe = async (path: string) =>
      (await fetch(`http://127.0.0.1:${healthPort}${path}`)).status;
    expect([await probe("/healthz"), await probe("/readyz"), await probe("/x")]).toEqual([
      200, 200, 404,
    ]);
    await server.call("DELETE", resource("secretvaults", "v"));
    await until(
      async () => (await server.call("GET", resource("secretvaults", "v"))).status === 404,
    );
    operator?.kill("SIGTERM");
    expect(await exit).toBe(0);
    const { body } = await server.call("GET", leasePath);
    expect(body.spec).toMatchObject({ leaseDurationSeconds: 1 });
    expect(body.spec.holderIdentity ?? "").toBe("");
    expect(output).not.toContain("Forbidden");
    expect(output).not.toContain(fakeVaultToken);
  }, 60_000);

  it("says what is missing and exits with the code of a usage error", async () => {
    const program = spawn(
      process.execPath,
      ["--conditions=@strongroom/source", new URL("main.ts", import.meta.url).pathname],
      { stdio: ["ignore", "ignore", "pipe"], env: {} },
    );
    let said = "";
    program.stderr.on("data", (chunk: Uint8Array) => {
      said += Buffer.from(chunk).toString("utf8");
    });
    const code = await new Promise((resolve) => program.once("exit", resolve));
    expect(code).toBe(64);
    expect(said).toContain("STRONGROOM_NAMESPACE");
  });
});
