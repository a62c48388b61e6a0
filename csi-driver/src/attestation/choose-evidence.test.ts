// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { silentLog } from "@strongroom/core";
import { chooseEvidence } from "./choose-evidence.ts";
import { detectSource, type EvidenceSource } from "./evidence-source.ts";

const { signal } = new AbortController();
const paths = { nsmDevice: "/nsm", sevGuestDevice: "/sev" };

describe("what a node has", () => {
  const detect = (
    there: readonly string[],
    tpm: "absent" | "tpm" | "azure",
    providerSocket?: string,
  ) =>
    detectSource({
      paths: { ...paths, providerSocket },
      isThere: async (path) => there.includes(path),
      hasTsm: async () => there.includes("/tsm"),
      tpm: tpm === "absent" ? tpm : { isAzure: async () => tpm === "azure" },
    });

  it.each<[EvidenceSource | undefined, Parameters<typeof detect>]>([
    ["provider", [["/tsm", "/nsm"], "azure", "/run/evidence.sock"]],
    ["tsm", [["/tsm", "/sev"], "tpm"]],
    ["nitro", [["/nsm"], "tpm"]],
    ["sev-guest", [["/sev"], "tpm"]],
    ["azure", [[], "azure"]],
    ["tpm", [[], "tpm"]],
    [undefined, [[], "absent"]],
  ])("is %s at best", async (source, world) => {
    expect(await detect(...world)).toBe(source);
  });
});

describe("what a node attests with", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "choose-"));
  });
  afterEach(async () => await rm(folder, { recursive: true }));

  /** A process that starts: `sees` is what it detects at each look. */
  const start = (
    sees: readonly (EvidenceSource | undefined)[],
    wanted: EvidenceSource | "auto" = "auto",
  ) => {
    const left = [...sees];
    const evidence = chooseEvidence({
      wanted,
      detect: async () => left.shift(),
      create: (source) => ({
        present: async () => source,
        enrol: async () => undefined,
      }),
      memory: join(folder, "evidence-source"),
      log: silentLog,
    });
    return () => evidence.present(new Uint8Array(), signal);
  };

  it("is the best that it has, and stays that", async () => {
    const present = start(["tsm", "tpm"]);
    expect([await present(), await present()]).toEqual(["tsm", "tsm"]);
  });

  it("becomes a TEE that appears after a TPM", async () => {
    const present = start(["tpm", "sev-guest"]);
    expect([await present(), await present()]).toEqual(["tpm", "sev-guest"]);
  });

  it.each([["tpm"], [undefined]] as const)(
    "is never %s after a TEE, after a restart neither",
    async (found) => {
      await start(["tsm"])();
      await expect(start([found])()).rejects.toMatchObject({ code: "TeeUnavailable" });
      expect(await start(["sev-guest"])()).toBe("sev-guest");
    },
  );

  it("is what a person decided, and that is remembered", async () => {
    await start(["tsm"])();
    expect(await start([], "tpm")()).toBe("tpm");
    expect(await readFile(join(folder, "evidence-source"), "utf8")).toBe("tpm\n");
    expect(await start(["tpm"])()).toBe("tpm");
  });

  it("may be nothing yet", async () => {
    const present = start([undefined, "tpm"]);
    await expect(present()).rejects.toMatchObject({ code: "TeeUnavailable" });
    expect(await present()).toBe("tpm");
  });

  it("is not guessed where the memory cannot be read", async () => {
    await writeFile(join(folder, "file"), "");
    const evidence = chooseEvidence({
      ...{ wanted: "auto", detect: async () => "tpm", log: silentLog },
      create: () => ({ present: async () => "", enrol: async () => undefined }),
      memory: join(folder, "file", "below"),
    });
    await expect(evidence.present(new Uint8Array(), signal)).rejects.toMatchObject({
      code: "StoreUnavailable",
    });
  });
});
