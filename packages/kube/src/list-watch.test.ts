// SPDX-License-Identifier: Apache-2.0
/** The cache against a real API server whose connections break in every way that is known to hurt. */

import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { silentLog, systemClock } from "@strongroom/core";
import { startApiServer, type TestApiServer } from "@strongroom/testing";
import type { KubeObject } from "./kube-object.ts";
import { createKubeTransport, type KubeRequest, type KubeTransport } from "./kube-transport.ts";
import { ListWatch } from "./list-watch.ts";
import { loadKubeConfig } from "./load-kube-config.ts";

let server: TestApiServer;
let transport: KubeTransport;

beforeAll(async () => {
  server = await startApiServer();
  transport = createKubeTransport(loadKubeConfig(server.kubeconfig));
}, 90_000);

afterAll(async () => {
  transport[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) {
    await stop();
  }
});

async function watch(through: KubeTransport, times: { idleMs?: number; relistMs?: number } = {}) {
  const changed: string[] = [];
  const cache = new ListWatch<ConfigMap>({
    transport: through,
    resource: { apiVersion: "v1", plural: "configmaps" },
    clock: systemClock,
    jitter: (ms) => ms / 100,
    log: silentLog,
    onChange: (key) => changed.push(key),
    ...times,
  });
  const stop = new AbortController();
  const running = cache.run(stop.signal);
  stops.push(async () => {
    stop.abort();
    await running;
  });
  await cache.synced;
  return { cache, changed };
}

const path = "/api/v1/namespaces/default/configmaps";

async function put(name: string, value: string): Promise<void> {
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { value } };
  const created = await server.call("POST", path, body);
  if (created.status === 409) {
    await server.call("PUT", `${path}/${name}`, body);
  }
}

async function until(condition: () => boolean, timeoutMs = 20_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline) {
      throw new Error("the condition did not become true");
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

type Open = (
  request: KubeRequest,
  signal: AbortSignal,
  attempt: number,
) => ReturnType<KubeTransport["open"]>;

/** A transport that treats each watch as `open` says, and counts. */
function withFault(open: Open) {
  let lists = 0;
  let watches = 0;
  return {
    send: (request: KubeRequest) => {
      lists += 1;
      return transport.send(request);
    },
    open: (request: KubeRequest, signal: AbortSignal) => open(request, signal, watches++),
    lists: () => lists,
    watches: () => watches,
    [Symbol.dispose]: () => undefined,
  };
}

describe("ListWatch", () => {
  it("sees what is there, what comes, what changes and what goes", async () => {
    await put("before", "1");
    const { cache, changed } = await watch(transport);
    expect(cache.get("default/before")?.data).toEqual({ value: "1" });
    await put("after", "1");
    await until(() => cache.get("default/after") !== undefined);
    await put("after", "2");
    await until(() => cache.get("default/after")?.data?.["value"] === "2");
    await server.call("DELETE", `${path}/after`);
    await until(() => cache.get("default/after") === undefined);
    expect(changed.filter((key) => key === "default/after").length).toBeGreaterThanOrEqual(3);
  });

  it("goes on where it was when the server closes the watch, without listing again", async () => {
    const counting = withFault((request, signal) =>
      transport.open({ ...request, query: { ...request.query, timeoutSeconds: 1 } }, signal),
    );
    const { cache } = await watch(counting);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await put("closed", "1");
    await until(() => cache.get("default/closed") !== undefined);
    expect(counting.lists()).toBe(1);
    expect(counting.watches()).toBeGreaterThan(1);
  });

  it("lists again when the connection breaks in the middle", async () => {
    const breaking = withFault(async (request, signal, attempt) => {
      const response = await transport.open(request, signal);
      if (attempt === 0) {
        setTimeout(() => response.destroy(new Error("broken")), 50);
      }
      return response;
    });
    const { cache } = await watch(breaking);
    await until(() => breaking.lists() === 2);
    await put("broken", "1");
    await until(() => cache.get("default/broken") !== undefined);
  });

  it("lists again when its resource version is too old", async () => {
    const stale = withFault((request, signal, attempt) =>
      transport.open(
        attempt === 0 ? { ...request, query: { ...request.query, resourceVersion: "1" } } : request,
        signal,
      ),
    );
    // A restarted API server knows nothing of the time before its start.
    await server.restart();
    const { cache } = await watch(stale);
    await until(() => stale.lists() === 2);
    await put("gone", "1");
    await until(() => cache.get("default/gone") !== undefined);
  }, 90_000);

  it("takes a watch for dead on which nothing comes, not even bookmarks", async () => {
    const silent = withFault((request, signal, attempt) => {
      const nothing = { allowWatchBookmarks: false, fieldSelector: "metadata.name=another" };
      const query = { ...request.query, ...(attempt === 0 && nothing) };
      return transport.open({ ...request, query }, signal);
    });
    const { cache } = await watch(silent, { idleMs: 300 });
    await put("silent", "1");
    expect(silent.watches()).toBeLessThanOrEqual(1);
    await until(() => cache.get("default/silent") !== undefined);
    expect(silent.lists()).toBeGreaterThanOrEqual(2);
  });

  it("finds on the next list what no event told it", async () => {
    const deaf = withFault((request, signal) =>
      transport.open(
        { ...request, query: { ...request.query, fieldSelector: "metadata.name=another" } },
        signal,
      ),
    );
    const { cache } = await watch(deaf, { relistMs: 1_000 });
    await put("unheard", "1");
    await until(() => cache.get("default/unheard") !== undefined);
  });

  it("survives a restart of the API server", async () => {
    const { cache } = await watch(transport);
    await server.restart();
    await put("restarted", "1");
    await until(() => cache.get("default/restarted") !== undefined, 40_000);
  }, 90_000);
});
