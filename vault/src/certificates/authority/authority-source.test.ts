// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type ObjectStore,
  openObjectStore,
  testVault,
} from "../../objects/__fixtures__/object-store.ts";
import { softwareHsm } from "./__fixtures__/software-hsm.ts";
import { authorityFor, rootsOf } from "./authority-source.ts";

const start = new Date("2026-01-01T00:00:00Z");
const year = 31_557_600_000;
const after = (years: number) => new Date(start.getTime() + years * year);

describe("the CA of a vault", () => {
  let store: ObjectStore;
  beforeEach(async () => {
    store = await openObjectStore();
  });
  afterEach(async () => {
    await store[Symbol.asyncDispose]();
  });

  const caAt = async (years: number, vault = testVault) => {
    const deps = { hsm: softwareHsm(), ledger: store.ledger };
    const request = { vault, at: after(years), until: after(years + 3) };
    const { certificate, notAfter } = await authorityFor(deps, request);
    expect(notAfter.getTime()).toBeGreaterThanOrEqual(request.until.getTime());
    return Buffer.from(certificate).toString("hex");
  };
  const roots = async () => (await rootsOf(store.ledger, testVault)).length;

  it("is made when it is first needed, and stays as long as it outlives what it issues", async () => {
    expect(await roots()).toBe(0);
    const first = await caAt(0);
    expect(await caAt(3.9)).toBe(first);
    const second = await caAt(4.1);
    expect(second).not.toBe(first);
    expect(await caAt(4.2)).toBe(second);
    expect(await roots()).toBe(1);
  });

  it("is made anew under the same root when the domains change", async () => {
    const first = await caAt(0);
    const changed = await caAt(0, { ...testVault, domains: ["team.svc", "example.net"] });
    expect(changed).not.toBe(first);
    expect(await roots()).toBe(1);
  });

  it("gets a new root beside the old one before that would end", async () => {
    await caAt(0);
    await caAt(12.9);
    expect(await roots()).toBe(1);
    await caAt(17);
    expect(await roots()).toBe(2);
  });

  it("is one, also where two are made at once", async () => {
    const [a, b] = await Promise.all([caAt(0), caAt(0)]);
    expect(a).toBe(b);
    expect(await roots()).toBe(1);
  });
});
