// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { verifySnp } from "@strongroom/attestation";
import { type Clock, silentLog } from "@strongroom/core";
import { createAmdVendor, makeAmdReport } from "@strongroom/testing";
import { reportDataOf } from "../tee/tee-evidence.ts";
import {
  errno,
  type FakeConfigfs,
  type FakeDevice,
  makeFakeConfigfs,
} from "./__fixtures__/fake-configfs.ts";
import { createTsmCollector } from "./create-tsm-collector.ts";

const vendor = createAmdVendor("Milan");
const binding = new Uint8Array(32).fill(0xb1);
const { signal } = new AbortController();

const snp: FakeDevice = {
  provider: "sev_guest",
  answer: (reportData, vmpl) => vendor.sign(makeAmdReport(vendor, { reportData, vmpl })),
  table: Uint8Array.of(1, 2, 3),
};

async function setUp(device: FakeDevice) {
  const files = await makeFakeConfigfs(device);
  const waits: number[] = [];
  const clock: Clock = { now: () => new Date(0), sleep: async (ms) => void waits.push(ms) };
  const deps = { files, clock, log: silentLog, root: files.root };
  return {
    ...{ files, waits },
    collect: (more: { readonly privilegeLevel?: number } = {}) =>
      createTsmCollector({ ...deps, ...more }).collect(binding, signal),
    [Symbol.asyncDispose]: async () => await files[Symbol.asyncDispose](),
  };
}

describe("configfs-tsm", () => {
  it("gives a report that is bound to what was asked for, and is left as it was", async () => {
    await using world = await setUp(snp);
    const { evidence } = await world.collect();
    if (evidence.kind !== "SevSnpVm") {
      throw new Error(evidence.kind);
    }
    expect(evidence.certificateTable).toEqual(snp.table);
    const certificates = [vendor.leaf(), vendor.ask, vendor.ark];
    const { ark, ask, asvk } = vendor.fingerprints;
    const root = { name: "test", class: "software", product: "Milan" } as const;
    const verdict = verifySnp(
      { report: evidence.report, endorsements: { certificates, crls: [] } },
      { roots: [{ ...root, ark, ask: [ask], asvk: [asvk] }], revocation: "if-given" },
      { reportData: reportDataOf(binding) },
      new Date("2026-06-01T00:00:00Z"),
    );
    expect(verdict.kind).toBe("verified");
    expect(await world.files.reports()).toEqual([]);
  });

  it("asks for the privilege level that was configured", async () => {
    await using world = await setUp(snp);
    const { evidence } = await world.collect({ privilegeLevel: 2 });
    expect(evidence.kind === "SevSnpVm" && evidence.report[0x30]).toBe(2);
  });

  it("gives a trust domain's quote, and no table", async () => {
    const quote = Uint8Array.of(4, 0, 2, 0);
    await using world = await setUp({ ...snp, provider: "tdx_guest", answer: () => quote });
    expect((await world.collect()).evidence).toEqual({ kind: "TdxVm", quote });
    expect(world.files.operations).not.toContain("read auxblob");
  });

  it("gives a realm's token, and no table", async () => {
    const token = Uint8Array.of(0xd9, 0x01, 0x8f);
    await using world = await setUp({ ...snp, provider: "arm_cca_guest", answer: () => token });
    expect((await world.collect()).evidence).toEqual({ kind: "Cca", token });
    expect(world.files.operations).not.toContain("read auxblob");
  });

  it.each(["ENOENT", "ENXIO"])(
    "does without a table where the kernel has none (%s)",
    async (code) => {
      const fault = (operation: string) => {
        if (operation === "read auxblob") {
          throw errno(code);
        }
      };
      await using world = await setUp({ ...snp, fault });
      expect((await world.collect()).evidence).not.toHaveProperty("certificateTable");
    },
  );

  it("gives reports to many at once, each its own", async () => {
    await using world = await setUp(snp);
    const all = await Promise.all(Array.from({ length: 8 }, () => world.collect()));
    expect(all.length).toBe(8);
    expect(await world.files.reports()).toEqual([]);
  });
});

const only = (
  times: number,
  operation: string,
  act: (world: FakeConfigfs) => Promise<void> | void,
) => {
  let left = times;
  return async (done: string, world: FakeConfigfs) => {
    if (done === operation && left > 0) {
      left -= 1;
      await act(world);
    }
  };
};
const failing = (code: string) => () => {
  throw errno(code);
};
const disturbing = async (world: FakeConfigfs) => {
  const [name = ""] = await world.reports();
  await world.disturb(join(world.root, name));
};

describe("faults of configfs-tsm", () => {
  it.each<[string, string, (world: FakeConfigfs) => Promise<void> | void]>([
    ["another request is under way", "write inblob", failing("EBUSY")],
    ["the firmware asks to be asked again", "read outblob", failing("EAGAIN")],
    ["a signal comes between", "read outblob", failing("EINTR")],
    ["the request is gone", "read outblob", failing("EINVAL")],
    ["the name is taken", "make", failing("EEXIST")],
    ["another process writes before the answer", "read outblob", disturbing],
    ["another process writes behind the answer", "read auxblob", disturbing],
  ])("tries again with a new report where %s", async (_, operation, act) => {
    await using world = await setUp({ ...snp, fault: only(2, operation, act) });
    expect((await world.collect()).evidence.kind).toBe("SevSnpVm");
    expect(world.waits).toEqual([20, 50]);
    expect(await world.files.reports()).toEqual([]);
  });

  it("gives up after a while, and may be asked later", async () => {
    await using world = await setUp({ ...snp, fault: only(99, "read outblob", failing("EBUSY")) });
    await expect(world.collect()).rejects.toMatchObject({ code: "TeeUnavailable" });
    expect(world.waits.length).toBe(7);
    expect(await world.files.reports()).toEqual([]);
  });

  it.each<[string, Partial<FakeDevice>, string]>([
    ["no such folder", { fault: only(1, "make", failing("ENOENT")) }, "TeeUnavailable"],
    ["no right to it", { fault: only(1, "make", failing("EACCES")) }, "TeeUnavailable"],
    ["a refusal of the firmware", { fault: only(1, "read outblob", failing("EIO")) }, "TeeFailed"],
    ["an empty answer", { answer: () => new Uint8Array() }, "TeeFailed"],
    ["an answer that is too long", { answer: () => new Uint8Array(65_537) }, "TeeFailed"],
    ["a provider that nobody knows", { provider: "other_guest" }, "TeeFailed"],
  ])("does not try again after %s", async (_, change, code) => {
    await using world = await setUp({ ...snp, ...change });
    await expect(world.collect()).rejects.toMatchObject({ code });
    expect(world.waits).toEqual([]);
    expect(await world.files.reports()).toEqual([]);
  });

  it("has its answer even where the report cannot be removed", async () => {
    await using world = await setUp({ ...snp, fault: only(1, "remove", failing("EBUSY")) });
    expect((await world.collect()).evidence.kind).toBe("SevSnpVm");
  });
});
