// SPDX-License-Identifier: Apache-2.0
/** The cluster's own kinds, with a real API server and a vault in memory. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { NodeVerdict } from "@strongroom/api";
import { createVaultClient } from "@strongroom/client";
import { createKubeTransport, type KubeTransport, loadKubeConfig } from "@strongroom/kube";
import {
  type FakeVault,
  fakeVaultToken,
  startApiServer,
  startFakeVault,
  type TestApiServer,
} from "@strongroom/testing";
import {
  createOperatorWorld,
  installCrds,
  type OperatorWorld,
  until,
} from "../__fixtures__/operator-world.ts";

const group = "/apis/strongroom.io/v1alpha1";
const authorityPath = `${group}/attestationauthorities`;

describe("the operator", () => {
  let server: TestApiServer;
  let transport: KubeTransport;
  let vault: FakeVault;
  let world: OperatorWorld;
  let client: ReturnType<typeof createVaultClient>;

  beforeAll(async () => {
    [server, vault] = await Promise.all([startApiServer(), startFakeVault()]);
    transport = createKubeTransport(loadKubeConfig(server.kubeconfig));
    client = createVaultClient({
      dial: { host: "127.0.0.1", port: vault.port },
      serverName: vault.serverName,
      ca: () => vault.ca.certificatePem,
      token: () => Promise.resolve(fakeVaultToken),
    });
    await installCrds(server.call);
    const parts = { call: server.call, transport, manage: client.manage };
    world = await createOperatorWorld(parts);
    void world.startTerm();
  }, 90_000);

  afterAll(async () => {
    await world.stopAll();
    client[Symbol.dispose]();
    transport[Symbol.dispose]();
    await vault[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const authority = async () => (await server.call("GET", `${authorityPath}/default`)).body;
  const node = async (name: string) =>
    (await server.call("GET", `${group}/attestednodes/${name}`)).body;

  it("puts the authority's rules into the vault, changes them, and takes them away with the resource", async () => {
    await server.call("POST", authorityPath, {
      ...{ apiVersion: "strongroom.io/v1alpha1", kind: "AttestationAuthority" },
      ...{ metadata: { name: "default" }, spec: { kinds: ["SevSnpVm"] } },
    });
    await until(async () => (await authority()).status?.policyHash === "hash");
    expect(vault.state.authority()?.kinds).toEqual(["SevSnpVm"]);
    expect((await authority()).status.conditions).toMatchObject([
      { type: "Ready", status: "True", reason: "Synced" },
    ]);
    await server.call("PATCH", `${authorityPath}/default`, { spec: { kinds: ["TdxVm"] } });
    await until(async () => vault.state.authority()?.kinds[0] === "TdxVm");
    await server.call("DELETE", `${authorityPath}/default`);
    await until(async () => vault.state.authority() === undefined);
  }, 60_000);

  it("shows what was decided about nodes that exist, and since when", async () => {
    const { body } = await server.call("POST", "/api/v1/nodes", { metadata: { name: "one" } });
    const verdict: NodeVerdict = {
      ...{ nodeName: "one", nodeUid: body.metadata.uid, kind: "SevSnpVm", verdict: "Attested" },
      ...{ at: Date.parse("2026-01-01T00:00:00Z"), tier: "tee", class: "hardware" },
      tcb: "microcode 219, snp 24, boot loader 4",
      eventLog: "Proven",
    };
    const gone = { ...verdict, nodeName: "gone", nodeUid: "gone" };
    const later = { ...verdict, at: Date.parse("2026-01-01T00:10:00Z") };
    const refused: NodeVerdict = {
      ...{ nodeName: "one", nodeUid: verdict.nodeUid, kind: "SevSnpVm" },
      ...{ verdict: "EvidenceRefused", at: Date.parse("2026-01-01T00:20:00Z") },
    };
    const becomes = async (nodes: readonly NodeVerdict[], lastVerdict: string) => {
      vault.state.decide(nodes);
      await world.stopAll();
      void world.startTerm();
      await until(async () => (await node("one")).status?.lastVerdict === lastVerdict);
      return (await node("one")).status;
    };
    const first = await becomes([gone, verdict], "2026-01-01T00:00:00Z");
    expect(first).toMatchObject({
      kind: "SevSnpVm",
      class: "hardware",
      tcb: verdict.tcb,
      eventLog: "Proven",
    });
    expect((await node("one")).metadata.ownerReferences).toMatchObject([
      { kind: "Node", uid: verdict.nodeUid },
    ]);
    expect((await node("gone")).code).toBe(404);
    const again = await becomes([later], "2026-01-01T00:10:00Z");
    expect(again.conditions).toMatchObject([
      { status: "True", reason: "Attested", lastTransitionTime: "2026-01-01T00:00:00Z" },
    ]);
    const last = await becomes([refused], "2026-01-01T00:20:00Z");
    expect(last.conditions).toMatchObject([
      { status: "False", reason: "EvidenceRefused", lastTransitionTime: "2026-01-01T00:20:00Z" },
    ]);
    expect(last.class).toBeUndefined();
    const contested = { reason: "DeviceClaimed", at: Date.parse("2026-01-01T00:25:00Z") } as const;
    const alarmed = await becomes(
      [{ ...later, at: Date.parse("2026-01-01T00:30:00Z"), contested }],
      "2026-01-01T00:30:00Z",
    );
    expect(alarmed).toMatchObject({
      lastContested: "2026-01-01T00:25:00Z",
      conditions: [
        { type: "Ready", status: "True" },
        { type: "Contested", status: "True", reason: "DeviceClaimed" },
      ],
    });
    const warnings = async () => {
      const { body: events } = await server.call("GET", "/apis/events.k8s.io/v1/events");
      return events.items.filter(({ reason }: { reason: string }) => reason === "DeviceClaimed");
    };
    await until(async () => (await warnings()).length > 0);
    expect(await warnings()).toMatchObject([{ type: "Warning", regarding: { name: "one" } }]);
    const calm = await becomes(
      [{ ...later, at: Date.parse("2026-01-01T00:40:00Z") }],
      "2026-01-01T00:40:00Z",
    );
    expect(calm.conditions).toHaveLength(1);
    expect(calm).not.toHaveProperty("lastContested");
  }, 60_000);
});
