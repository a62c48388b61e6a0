// SPDX-License-Identifier: Apache-2.0
/** Writes on a real API server: ownership of fields, preconditions, events. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { silentLog } from "@strongroom/core";
import { startApiServer, type TestApiServer } from "@strongroom/testing";
import { createEventRecorder } from "./event-recorder.ts";
import { createKubeClient, type KubeClient } from "./kube-client.ts";
import type { KubeObject, ObjectMeta } from "./kube-object.ts";
import { createKubeTransport } from "./kube-transport.ts";
import { loadKubeConfig } from "./load-kube-config.ts";

let server: TestApiServer;
let client: KubeClient;

beforeAll(async () => {
  server = await startApiServer();
  client = createKubeClient(createKubeTransport(loadKubeConfig(server.kubeconfig)), "test");
}, 90_000);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const place = (name: string) => ({
  apiVersion: "v1",
  plural: "configmaps",
  namespace: "default",
  name,
});
const configMap = (name: string, data: object, metadata: Partial<ObjectMeta> = {}): KubeObject => ({
  ...{ apiVersion: "v1", kind: "ConfigMap", data },
  metadata: { name, namespace: "default", ...metadata },
});

describe("createKubeClient", () => {
  it("owns the fields it applies and removes those it leaves out, and no others", async () => {
    await client.apply(place("applied"), configMap("applied", { ours: "1", old: "1" }));
    await server.call("PATCH", "/api/v1/namespaces/default/configmaps/applied", {
      data: { theirs: "1" },
    });
    await client.apply(place("applied"), configMap("applied", { ours: "2" }));
    const found = await client.get(place("applied"));
    expect(found).toMatchObject({ data: { ours: "2", theirs: "1" } });
    expect(found).not.toMatchObject({ data: { old: "1" } });
  });

  it("refuses to apply to an object that has another uid by now", async () => {
    await client.create(place("replaced"), configMap("replaced", {}));
    const stale = configMap("replaced", {}, { uid: "00000000-0000-0000-0000-000000000000" });
    await expect(client.apply(place("replaced"), stale)).rejects.toMatchObject({
      code: "Conflict",
    });
    await expect(client.create(place("replaced"), stale)).rejects.toMatchObject({
      code: "Conflict",
    });
  });

  it("deletes only the object that was meant", async () => {
    const { metadata } = await client.create(place("deleted"), configMap("deleted", {}));
    await expect(client.remove(place("deleted"), "another")).rejects.toMatchObject({
      code: "Conflict",
    });
    expect(await client.remove(place("deleted"), metadata.uid ?? "")).toBe(true);
    expect(await client.remove(place("deleted"), metadata.uid ?? "")).toBe(false);
    expect(await client.get(place("deleted"))).toBeUndefined();
  });

  it("passes the API server's own explanation on", async () => {
    const broken = configMap("Broken_Name", {});
    await expect(client.create(place("x"), broken)).rejects.toMatchObject({
      code: "BadParameter",
      message: expect.stringContaining("Invalid value"),
    });
  });
});

describe("createEventRecorder", () => {
  it("makes one event of what is repeated, with a count", async () => {
    const regarding = await client.create(place("subject"), configMap("subject", {}));
    let now = Date.now();
    const record = createEventRecorder({
      client,
      clock: { now: () => new Date(now), sleep: () => Promise.resolve() },
      log: silentLog,
      controller: "strongroom.io/test",
      instance: "test",
    });
    const event = {
      regarding: { ...regarding, apiVersion: "v1", kind: "ConfigMap" },
      type: "Warning" as const,
      reason: "VaultUnavailable",
      action: "Reconcile",
      note: "no answer",
    };
    for (let i = 0; i < 5; i += 1) {
      await record(event);
      now += 40_000;
    }
    await record({ ...event, note: "another answer" });
    const { body } = await server.call("GET", "/apis/events.k8s.io/v1/namespaces/default/events");
    const events = body.items.filter(
      (item: { regarding: { name: string } }) => item.regarding.name === "subject",
    );
    expect(events).toHaveLength(2);
    expect(events.map((item: { series?: { count: number } }) => item.series?.count)).toContain(4);
  });
});
