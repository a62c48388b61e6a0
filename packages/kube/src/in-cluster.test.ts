// SPDX-License-Identifier: Apache-2.0
/** The vault's few calls against a real API server, with a ServiceAccount that may do just these. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startApiServer, type TestApiServer } from "@strongroom/testing";
import { createInClusterClient, type InClusterClient } from "./in-cluster.ts";

const audience = "https://strongroom.strongroom-system.svc";
const rbac = "/apis/rbac.authorization.k8s.io/v1";

let server: TestApiServer;
let directory: string;
let client: InClusterClient;

beforeAll(async () => {
  server = await startApiServer();
  directory = await mkdtemp(join(tmpdir(), "strongroom-in-cluster-"));
  await grant();
  await writeFile(join(directory, "ca.crt"), server.caPem);
  await writeFile(join(directory, "token"), await requestToken("vault"));
  client = connect();
}, 90_000);

afterAll(async () => {
  client[Symbol.dispose]();
  await rm(directory, { recursive: true });
  await server[Symbol.asyncDispose]();
});

function connect(port = server.port): InClusterClient {
  return createInClusterClient({
    host: server.host,
    port,
    tokenFile: join(directory, "token"),
    caFile: join(directory, "ca.crt"),
    timeoutMs: 5_000,
  });
}

async function grant(): Promise<void> {
  const account = { metadata: { name: "vault" } };
  await server.call("POST", "/api/v1/namespaces/default/serviceaccounts", account);
  const subjects = [{ kind: "ServiceAccount", name: "vault", namespace: "default" }];
  const roleRef = (kind: string) => ({
    apiGroup: "rbac.authorization.k8s.io",
    kind,
    name: "vault",
  });
  await server.call("POST", `${rbac}/clusterroles`, {
    metadata: { name: "vault" },
    rules: [
      { apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] },
    ],
  });
  await server.call("POST", `${rbac}/clusterrolebindings`, {
    metadata: { name: "vault" },
    subjects,
    roleRef: roleRef("ClusterRole"),
  });
  const configMap = {
    apiGroups: [""],
    resources: ["configmaps"],
    resourceNames: ["strongroom-ca"],
  };
  await server.call("POST", `${rbac}/namespaces/default/roles`, {
    metadata: { name: "vault" },
    rules: [{ ...configMap, verbs: ["get", "patch"] }],
  });
  await server.call("POST", `${rbac}/namespaces/default/rolebindings`, {
    metadata: { name: "vault" },
    subjects,
    roleRef: roleRef("Role"),
  });
  const empty = { metadata: { name: "strongroom-ca" }, data: { kept: "as it was" } };
  await server.call("POST", "/api/v1/namespaces/default/configmaps", empty);
}

async function requestToken(account: string, spec: object = {}): Promise<string> {
  const path = `/api/v1/namespaces/default/serviceaccounts/${account}/token`;
  const { body } = await server.call("POST", path, { spec });
  return body.status.token;
}

async function createPod(): Promise<string> {
  const spec = { containers: [{ name: "c", image: "i" }], serviceAccountName: "vault" };
  const pod = { metadata: { name: "app" }, spec: { ...spec, nodeName: "node-1" } };
  await server.call("POST", "/api/v1/nodes", { metadata: { name: "node-1" } });
  const { body } = await server.call("POST", "/api/v1/namespaces/default/pods", pod);
  return body.metadata.uid;
}

describe("createInClusterClient", () => {
  it("learns account, pod and node of a pod-bound token for our audience", async () => {
    const uid = await createPod();
    const boundObjectRef = { apiVersion: "v1", kind: "Pod", name: "app", uid };
    const token = await requestToken("vault", { audiences: [audience], boundObjectRef });
    const node = await server.call("GET", "/api/v1/nodes/node-1");
    expect(await client.createTokenReview({ token, audiences: [audience] })).toEqual({
      authenticated: true,
      audiences: [audience],
      username: "system:serviceaccount:default:vault",
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      podName: "app",
      podUid: uid,
      nodeName: "node-1",
      nodeUid: node.body.metadata.uid,
    });
  });

  it("says no to a token for another audience and to no token at all", async () => {
    const token = await requestToken("vault", { audiences: ["https://another"] });
    for (const candidate of [token, "not-a-token"]) {
      const review = await client.createTokenReview({ token: candidate, audiences: [audience] });
      expect(review.authenticated).toBe(false);
    }
  });

  it("adds to its ConfigMap and leaves the rest", async () => {
    await client.patchConfigMap("default", "strongroom-ca", { "release-root.crt": "PEM" });
    expect(await client.getConfigMap("default", "strongroom-ca")).toEqual({
      kept: "as it was",
      "release-root.crt": "PEM",
    });
  });

  it("may not read what it was not given", async () => {
    await expect(client.getConfigMap("default", "another")).rejects.toMatchObject({
      code: "Forbidden",
    });
  });

  it("uses the token that is in the file now", async () => {
    const good = await requestToken("vault");
    await writeFile(join(directory, "token"), "expired");
    await expect(client.getConfigMap("default", "strongroom-ca")).rejects.toMatchObject({
      code: "ApiServerUnavailable",
    });
    await writeFile(join(directory, "token"), good);
    expect(await client.getConfigMap("default", "strongroom-ca")).toMatchObject({
      kept: "as it was",
    });
  });

  it("is unavailable where nobody answers", async () => {
    using lost = connect(1);
    const review = lost.createTokenReview({ token: "t", audiences: [audience] });
    await expect(review).rejects.toMatchObject({ code: "ApiServerUnavailable" });
  });
});
