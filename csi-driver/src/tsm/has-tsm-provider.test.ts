// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { silentLog } from "@strongroom/core";
import { errno, type FakeDevice, makeFakeConfigfs } from "./__fixtures__/fake-configfs.ts";
import { hasTsmProvider } from "./has-tsm-provider.ts";
import { systemTsmFiles } from "./tsm-files.ts";

const device = { provider: "sev_guest", answer: () => new Uint8Array() };

async function detect(change: Partial<FakeDevice> = {}) {
  await using files = await makeFakeConfigfs({ ...device, ...change });
  const found = await hasTsmProvider({ files, log: silentLog, root: files.root });
  return { found, left: await files.reports(), operations: files.operations };
}

const failing = (step: string, code: string) => ({
  fault: (operation: string) => {
    if (operation === step) {
      throw errno(code);
    }
  },
});

describe("a TEE behind configfs-tsm", () => {
  it.each(["sev_guest", "tdx_guest", "arm_cca_guest"])(
    "is there as %s, and is asked nothing",
    async (provider) => {
      expect(await detect({ provider })).toEqual({
        ...{ found: true, left: [] },
        operations: ["make", "read provider", "remove"],
      });
    },
  );

  it.each<[string, Partial<FakeDevice>]>([
    ["whose provider is of no known kind", { provider: "other_guest" }],
    ["whose folder has no provider", failing("make", "ENXIO")],
    ["whose folder is not for us", failing("make", "EACCES")],
    ["that does not say whose it is", failing("read provider", "EIO")],
  ])("is not one %s", async (_, change) => {
    expect(await detect(change)).toMatchObject({ found: false, left: [] });
  });

  it("is not there where the kernel has no such folder", async () => {
    const root = "/nonexistent/tsm/report";
    expect(await hasTsmProvider({ files: systemTsmFiles, log: silentLog, root })).toBe(false);
  });
});
