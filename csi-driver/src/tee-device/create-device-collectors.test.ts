// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { findTeeDevice } from "@strongroom/testing";
import { createNitroCollector, createSevGuestCollector } from "./create-device-collectors.ts";

const binding = new Uint8Array(32).fill(0xb1);
const { signal } = new AbortController();

describe("a device that answers to ioctl", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tee-device-"));
  });
  afterAll(async () => await rm(folder, { recursive: true }));

  /** A helper that does as the script says; it finds what it is handed as the real one does. */
  const helper = async (script: string) => {
    const path = join(folder, `helper-${Math.random()}`);
    await writeFile(path, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`);
    await chmod(path, 0o755);
    return { helper: path, device: "/dev/fake" };
  };

  it("gives a report, and its table where there is one", async () => {
    const seen = join(folder, "seen");
    const paths = await helper(
      `echo "$@" >${seen}; wc -c >>${seen}; printf '\\0\\0\\0\\3abc\\0\\0\\0\\2de'`,
    );
    const { evidence } = await createSevGuestCollector(paths, 2).collect(binding, signal);
    const [report, certificateTable] = ["abc", "de"].map(
      (text) => new Uint8Array(Buffer.from(text)),
    );
    expect(evidence).toEqual({ kind: "SevSnpVm", report, certificateTable });
    expect(await readFile(seen, "utf8")).toBe("sev-guest -device /dev/fake -vmpl 2\n64\n");
    const bare = await helper(`printf '\\0\\0\\0\\3abc\\0\\0\\0\\0'`);
    const { evidence: alone } = await createSevGuestCollector(bare).collect(binding, signal);
    expect(alone).toEqual({ kind: "SevSnpVm", report });
  });

  it("gives a document that was asked for with the binding", async () => {
    const asked = join(folder, "asked");
    const paths = await helper(
      `cat >${asked}; printf '\\241kAttestation\\241hdocument\\102\\011\\010'`,
    );
    const { evidence } = await createNitroCollector(paths).collect(binding, signal);
    expect(evidence).toEqual({ kind: "Nitro", document: Uint8Array.of(9, 8) });
    expect((await readFile(asked)).includes(binding)).toBe(true);
  });

  it.each([
    ["no device", "exit 69", "TeeUnavailable"],
    ["a busy device", "exit 75", "TeeUnavailable"],
    ["a helper that is killed", "kill -9 $$", "TeeUnavailable"],
    ["a refusal", "exit 65", "TeeFailed"],
    ["an answer that is cut", "printf '\\0\\0\\0\\4abc'", "TeeFailed"],
    ["an answer with more behind it", "printf '\\0\\0\\0\\1a\\0\\0\\0\\0b'", "TeeFailed"],
    ["an answer without an end", "cat /dev/zero", "TeeFailed"],
  ])("says so of %s", async (_, script, code) => {
    const paths = await helper(script);
    await expect(createSevGuestCollector(paths).collect(binding, signal)).rejects.toMatchObject({
      code,
    });
  });

  it("says so where the security module answers an error", async () => {
    const paths = await helper(`printf '\\241eErroroInvalidArgument'`);
    await expect(createNitroCollector(paths).collect(binding, signal)).rejects.toMatchObject({
      code: "TeeFailed",
    });
  });

  it("is given up when nobody waits any more", async () => {
    const paths = await helper("exec sleep 30");
    const impatient = AbortSignal.timeout(100);
    await expect(createNitroCollector(paths).collect(binding, impatient)).rejects.toMatchObject({
      code: "TeeUnavailable",
    });
  });

  it("is not there on this machine, says the real helper", async () => {
    const real = { helper: findTeeDevice(), device: "/dev/null" };
    for (const collector of [createSevGuestCollector(real), createNitroCollector(real)]) {
      await expect(collector.collect(binding, signal)).rejects.toMatchObject({
        code: "TeeUnavailable",
        message: expect.stringContaining("69"),
      });
    }
    const none = { helper: join(folder, "none"), device: "/dev/null" };
    await expect(createNitroCollector(none).collect(binding, signal)).rejects.toMatchObject({
      code: "TeeUnavailable",
    });
  });
});
