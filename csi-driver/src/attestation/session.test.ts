// SPDX-License-Identifier: Apache-2.0
/** When a node is attested, by whom it is waited for, and what is remembered of a failure. */

import { describe, expect, it } from "@jest/globals";
import { type Clock, type ErrorCode, StrongroomError, silentLog } from "@strongroom/core";
import { createFakeVault, fakeCollector, workingVault } from "../__fixtures__/fake-vault.ts";
import { noEventLog } from "../event-log/event-log-source.ts";
import { createMetrics } from "../health/metrics.ts";
import { attest, type Session } from "./attest.ts";
import { createTpmEvidence } from "./create-tpm-evidence.ts";
import type { InstallationPort } from "./installation-port.ts";
import { createAttestationSession } from "./session.ts";

const { signal } = new AbortController();

/** A clock that stands still until it is moved; sleepers wake when it passes them. */
function manualClock() {
  let now = 1_800_000_000_000;
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  const clock: Clock = {
    now: () => new Date(now),
    sleep: (ms, stop) =>
      new Promise((resolve, reject) => {
        if (stop?.aborted === true) {
          reject(stop.reason);
        }
        sleepers.add({ at: now + ms, wake: resolve });
        stop?.addEventListener("abort", () => reject(stop.reason));
      }),
  };
  const advance = async (ms: number) => {
    now += ms;
    for (const sleeper of [...sleepers].filter(({ at }) => at <= now)) {
      sleepers.delete(sleeper);
      sleeper.wake();
    }
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, advance };
}

function setUp(lifeMs = 3_600_000) {
  const { clock, advance } = manualClock();
  const state = { attempts: 0, fails: undefined as ErrorCode | undefined };
  const session = createAttestationSession({
    clock,
    jitter: (ms) => ms,
    log: silentLog,
    metrics: createMetrics(),
    attest: async () => {
      state.attempts += 1;
      await new Promise((resolve) => setImmediate(resolve));
      if (state.fails !== undefined) {
        throw new StrongroomError(state.fails, "no");
      }
      const expiresAt = new Date(clock.now().getTime() + lifeMs);
      return { token: `token-${state.attempts}`, expiresAt } as Session;
    },
  });
  return { session, state, advance };
}

describe("an attestation session", () => {
  it("makes one attempt for everyone who waits, and keeps its token", async () => {
    const { session, state } = setUp();
    const both = await Promise.all([session.current(signal), session.current(signal)]);
    expect(both.map(({ token }) => token)).toEqual(["token-1", "token-1"]);
    await session.current(signal);
    expect(state.attempts).toBe(1);
  });

  it("presents no token that is about to end", async () => {
    const { session, advance } = setUp(60_000);
    await session.current(signal);
    await advance(31_000);
    expect((await session.current(signal)).token).toBe("token-2");
  });

  it("answers a refusal from memory for a while, then asks again", async () => {
    const { session, state, advance } = setUp();
    state.fails = "BindingMismatch";
    const refused = {
      code: "AttestationRefused",
      message: expect.stringContaining("BindingMismatch"),
    };
    await expect(session.current(signal)).rejects.toMatchObject(refused);
    await expect(session.current(signal)).rejects.toMatchObject(refused);
    expect(state.attempts).toBe(1);
    state.fails = undefined;
    await advance(6_000);
    expect((await session.current(signal)).token).toBe("token-2");
  });

  it("says that it is only unavailable when the TPM is away", async () => {
    const { session, state } = setUp();
    state.fails = "TpmUnavailable";
    await expect(session.current(signal)).rejects.toMatchObject({ code: "TpmUnavailable" });
  });

  it("discards the session that was refused and no newer one", async () => {
    const { session } = setUp();
    const first = await session.current(signal);
    session.discard(first);
    const second = await session.current(signal);
    session.discard(first);
    expect(await session.current(signal)).toBe(second);
  });

  it("stops waiting when the caller does", async () => {
    const { session } = setUp();
    await expect(session.current(AbortSignal.abort())).rejects.toThrow("aborted");
  });

  it("renews every ten minutes, and after a failure sooner and sooner later", async () => {
    const { session, state, advance } = setUp();
    const controller = new AbortController();
    const running = session.run(controller.signal);
    await advance(0);
    await advance(599_000);
    expect(state.attempts).toBe(1);
    state.fails = "VaultUnavailable";
    await advance(1_000);
    await advance(0);
    expect(state.attempts).toBe(2);
    state.fails = undefined;
    await advance(1_000);
    await advance(0);
    expect(state.attempts).toBe(3);
    controller.abort();
    await running;
  });

  it("renews a short-lived token before it ends", async () => {
    const { session, state, advance } = setUp(120_000);
    const controller = new AbortController();
    const running = session.run(controller.signal);
    await advance(0);
    await advance(60_000);
    expect(state.attempts).toBe(2);
    controller.abort();
    await running;
  });
});

function depsOf(installation: InstallationPort) {
  const evidence = createTpmEvidence({
    ...{ installation, collector: fakeCollector, pcrs: [0], eventLog: noEventLog },
  });
  return { installation, evidence, workload: { name: "strongroom-node", version: "test" } };
}

describe("attest", () => {
  it("enrols an unknown device once and goes on with the same keys", async () => {
    const vault = createFakeVault({ ...workingVault, enrolled: false });
    const deps = depsOf(vault);
    const session = await attest(deps, signal);
    expect(vault.counts).toMatchObject({ attestations: 2, enrolments: 1 });
    expect(session.keys.deriveKey.privateKey.extractable).toBe(false);
    expect(session.expiresAt.getTime()).toBeGreaterThan(Date.now());
  });

  it("makes new keys for every attestation", async () => {
    const vault = createFakeVault(workingVault);
    const deps = depsOf(vault);
    const [first, second] = [await attest(deps, signal), await attest(deps, signal)];
    for (const name of ["encrypt", "deriveKey", "verify"] as const) {
      expect(first.keys[name].kid).not.toBe(second.keys[name].kid);
    }
  });

  it("does not believe a token that is none", async () => {
    const vault = createFakeVault(workingVault);
    const installation = { ...vault, attestTpm: async () => "not.a.token" };
    const deps = depsOf(installation);
    await expect(attest(deps, signal)).rejects.toMatchObject({ code: "ResponseUntrusted" });
  });
});
