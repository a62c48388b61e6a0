// SPDX-License-Identifier: Apache-2.0
/** Election on a real API server: one leader at a time, and an epoch that only rises. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { silentLog, systemClock } from "@strongroom/core";
import { startApiServer, type TestApiServer } from "@strongroom/testing";
import { createKubeClient, type KubeClient } from "./kube-client.ts";
import { createKubeTransport } from "./kube-transport.ts";
import { type ElectionOptions, type Leadership, runElection } from "./leader-election.ts";
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

const times = { leaseMs: 2_000, renewDeadlineMs: 1_000, retryMs: 100 };

interface Candidate {
  readonly terms: Leadership[];
  readonly stop: AbortController;
  readonly over: Promise<void>;
}

let leading = 0;
let mostLeading = 0;

function stand(name: string, identity: string, own: KubeClient = client): Candidate {
  const stop = new AbortController();
  const terms: Leadership[] = [];
  const options: ElectionOptions = {
    ...{ client: own, clock: systemClock, log: silentLog, namespace: "default" },
    ...{ name, identity, times },
  };
  const over = runElection(options, stop.signal, async (leadership) => {
    terms.push(leadership);
    leading += 1;
    mostLeading = Math.max(mostLeading, leading);
    await new Promise<void>((resolve) =>
      leadership.signal.addEventListener("abort", () => resolve()),
    );
    leading -= 1;
  });
  return { terms, stop, over };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!condition()) {
    if (Date.now() > deadline) {
      throw new Error("the condition did not become true");
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const leasePath = (name: string) =>
  `/apis/coordination.k8s.io/v1/namespaces/default/leases/${name}`;

describe("runElection", () => {
  it("has one leader, and the next one takes over at once when the lease is released", async () => {
    mostLeading = 0;
    const first = stand("release", "first");
    await until(() => first.terms.length === 1);
    const second = stand("release", "second");
    await new Promise((resolve) => setTimeout(resolve, times.leaseMs + 500));
    expect(second.terms).toEqual([]);
    const before = Date.now();
    first.stop.abort();
    await first.over;
    await until(() => second.terms.length === 1);
    expect(Date.now() - before).toBeLessThan(times.leaseMs);
    expect(second.terms[0]?.epoch).toBe((first.terms[0]?.epoch ?? 0) + 1);
    expect(mostLeading).toBe(1);
    second.stop.abort();
    await second.over;
  });

  it("ends the term before the lease runs out when the API server is away", async () => {
    let isCut = false;
    const cut: KubeClient = {
      ...client,
      get: (name) => (isCut ? Promise.reject(new Error("cut")) : client.get(name)),
      replace: (name, body) =>
        isCut ? Promise.reject(new Error("cut")) : client.replace(name, body),
    };
    const first = stand("partition", "first", cut);
    await until(() => first.terms.length === 1);
    const second = stand("partition", "second");
    isCut = true;
    await until(() => first.terms[0]?.signal.aborted === true);
    expect(second.terms).toEqual([]);
    await until(() => second.terms.length === 1);
    first.stop.abort();
    second.stop.abort();
    await Promise.all([first.over, second.over]);
  });

  it("ends the term when someone else took the lease", async () => {
    const first = stand("stolen", "first");
    await until(() => first.terms.length === 1);
    const thief = { holderIdentity: "thief", leaseDurationSeconds: 1 };
    await server.call("PATCH", leasePath("stolen"), { spec: thief });
    await until(() => first.terms[0]?.signal.aborted === true);
    await until(() => first.terms.length === 2);
    expect(first.terms[1]?.epoch).toBe((first.terms[0]?.epoch ?? 0) + 1);
    first.stop.abort();
    await first.over;
  });

  it("counts on above every earlier epoch after the Lease was deleted", async () => {
    const first = stand("deleted", "first");
    await until(() => first.terms.length === 1);
    await server.call("DELETE", leasePath("deleted"));
    await until(() => first.terms.length === 2);
    expect(first.terms[1]?.epoch).toBeGreaterThanOrEqual(first.terms[0]?.epoch ?? Infinity);
    first.stop.abort();
    await first.over;
  });

  it("does not take a renewal whose answer got lost for a stolen lease", async () => {
    let losses = 1;
    const lossy: KubeClient = {
      ...client,
      replace: async (name, body) => {
        const written = await client.replace(name, body);
        if (first.terms.length === 1 && losses > 0) {
          losses -= 1;
          throw new Error("answer lost");
        }
        return written;
      },
    };
    const first = stand("lossy", "first", lossy);
    await until(() => losses === 0);
    await new Promise((resolve) => setTimeout(resolve, times.leaseMs));
    expect(first.terms).toHaveLength(1);
    expect(first.terms[0]?.signal.aborted).toBe(false);
    first.stop.abort();
    await first.over;
  });
});
