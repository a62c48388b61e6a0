// SPDX-License-Identifier: Apache-2.0
/** How old endorsements may become, and that none is replaced by an older one. */

import { describe, expect, it } from "@jest/globals";
import { type IntelEndorsementChanges, mintIntelCrl } from "@strongroom/testing";
import { names, numbered, setUp, signal } from "./__fixtures__/intel-world.ts";
import { day } from "./__fixtures__/test-library.ts";

describe("the age of endorsements", () => {
  it("ends at nextUpdate", async () => {
    await using world = await setUp();
    await world.identity();
    world.services.replace("/", { status: 503 });
    world.kept.advance(29 * day);
    expect(await world.identity()).toBe(20n);
    world.kept.advance(2 * day);
    expect(await world.identity()).toBeUndefined();
  });

  it("is renewed ahead, so that nobody has to wait", async () => {
    await using world = await setUp();
    await world.identity();
    world.state.changes = numbered(21);
    await world.kept.library.renew(day);
    expect(await world.identity()).toBe(20n);
    world.kept.advance(day);
    await world.kept.library.renew(day);
    expect(await world.identity()).toBe(21n);
  });

  it("is kept where renewing fails", async () => {
    await using world = await setUp();
    await world.identity();
    world.services.replace("/", { drop: true });
    world.kept.advance(day);
    await world.kept.library.renew(day);
    expect(await world.identity()).toBe(20n);
  });

  it.each([
    ["a lower evaluation data number", numbered(19)],
    ["an earlier date", earlier()],
  ])("never goes back to %s", async (_, older) => {
    await using world = await setUp();
    expect(await world.identity()).toBe(20n);
    world.state.changes = older;
    world.kept.advance(day);
    await world.kept.library.renew(day);
    const [identity] = await world.kept.library.find({ names: [names[0]] }, signal);
    expect(identity?.age).toMatchObject({
      number: 20n,
      issuedAt: new Date("2026-05-01T00:00:00Z"),
    });
  });

  it("never goes back to a revocation list with a lower number", async () => {
    await using world = await setUp();
    const list = (number: number) => mintIntelCrl({ issuer: world.pki.ca, number });
    world.state.changes = { pckCrl: list(7) };
    await world.identity();
    world.state.changes = { pckCrl: list(6) };
    world.kept.advance(day);
    await world.kept.library.renew(day);
    const [crl] = await world.kept.library.find({ names: [names[1]] }, signal);
    expect(crl?.age.number).toBe(7n);
  });
});

function earlier(): IntelEndorsementChanges {
  return {
    identity: (identity) => {
      identity.issueDate = "2026-04-01T00:00:00Z";
    },
  };
}
