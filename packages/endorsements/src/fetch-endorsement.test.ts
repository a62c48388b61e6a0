// SPDX-License-Identifier: Apache-2.0
/** What becomes of a host's answers: taken, refused, and how long the host is left alone for them. */

import { describe, expect, it } from "@jest/globals";
import { startVendorServices, type VendorAnswer } from "@strongroom/testing";
import { createTestClock } from "./__fixtures__/test-library.ts";
import { fetchEndorsement } from "./fetch-endorsement.ts";
import { createHostGate } from "./host-gate.ts";
import { usualPace } from "./limits.ts";

const { signal } = new AbortController();

/** Asks for one endorsement as often as `answers` has answers. */
async function ask(answers: readonly VendorAnswer[], issuerHeader?: string) {
  await using services = await startVendorServices({});
  const { clock, sleeps } = createTestClock();
  const gate = createHostGate({ clock, jitter: (ms) => ms });
  const { ca } = services;
  const request = {
    ...{ url: `${services.url}/one`, ca, pace: usualPace },
    ...(issuerHeader !== undefined && { issuerHeader }),
  };
  const outcomes: (readonly string[] | string)[] = [];
  for (const answer of answers) {
    services.replace("/", answer);
    const outcome = fetchEndorsement({ clock, gate }, request, signal);
    outcomes.push(
      await outcome.then(
        (parts) => parts.map((part) => Buffer.from(part).toString()),
        (error) => `${error.code}: ${error.message.replace(/^127\.0\.0\.1:\d+ /, "")}`,
      ),
    );
  }
  return { outcomes, sleeps, asked: services.requests.length };
}

const body = "an endorsement";
const refused = (status: number) => `EndorsementsUnavailable: answers ${status}`;

describe("an answer of a host", () => {
  it("has the issuers of its header behind it, where there is one", async () => {
    const headers = { "x-issuers": "issuers" };
    expect((await ask([{ body, headers }])).outcomes).toEqual([[body]]);
    expect((await ask([{ body, headers }], "x-issuers")).outcomes).toEqual([[body, "issuers"]]);
    expect((await ask([{ body }], "x-issuers")).outcomes).toEqual([[body]]);
  });

  it.each([
    ["nothing", { body: "" }, 200],
    ["another status", { status: 404, body }, 404],
    ["another success", { status: 203, body }, 203],
  ])("that is %s is no endorsement, and no reason to wait", async (_, answer, status) => {
    const { outcomes, sleeps } = await ask([answer, { body }]);
    expect(outcomes).toEqual([refused(status), [body]]);
    expect(sleeps).toEqual([]);
  });

  it.each([429, 500, 503])("of %i is waited after, as long as it says", async (status) => {
    const headers = { "retry-after": "20" };
    const { outcomes, sleeps } = await ask([{ status, headers, body }, { body }]);
    expect(outcomes).toEqual([refused(status), [body]]);
    expect(sleeps).toEqual([20_000]);
  });

  it("that asks to be left alone for long leaves who comes next without one, at once", async () => {
    const headers = { "retry-after": "600" };
    const { outcomes, asked } = await ask([{ status: 429, headers }, { body }]);
    expect(outcomes[1]).toBe("EndorsementsUnavailable: the endorsements' host is busy");
    expect(asked).toBe(1);
  });

  it("that does not come is waited after longer and longer, until there is one again", async () => {
    const drop = { drop: true } as const;
    const { outcomes, sleeps } = await ask([drop, drop, { status: 404 }, drop, { body }]);
    const missing = "EndorsementsUnavailable: no answer from 127.0.0.1";
    expect(outcomes).toEqual([missing, missing, refused(404), missing, [body]]);
    expect(sleeps).toEqual([1_000, 2_000, 1_000]);
  });
});
