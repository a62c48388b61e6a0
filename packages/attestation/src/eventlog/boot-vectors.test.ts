// SPDX-License-Identifier: Apache-2.0
/** Published logs: images, command lines and configurations that upstream's own tests expect of them. */

import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { sha256, toHex } from "@strongroom/core";
import { encodeEventLog } from "../__fixtures__/test-event-log.ts";
import { openVectors } from "../__fixtures__/vectors.ts";
import { readBootImages } from "./boot-images.ts";
import { readLinuxBoot } from "./linux-boot.ts";
import { toAzureMachineClaims, toTpmMachineClaims } from "./machine-claims.ts";
import { microsoftKeys } from "./microsoft-keys.ts";
import { parseEventLog } from "./parse-event-log.ts";
import { type RegisterKind, replayEventLog } from "./replay-event-log.ts";
import { verifyEventLog } from "./verify-event-log.ts";

const vectors = openVectors(process.env["STRONGROOM_VECTORS"]);
const withVectors = vectors === undefined ? describe.skip : describe;
const attestation = "eventlog/google__go-attestation";
const tools = "eventlog/google__go-tpm-tools";
const tpmLog = (name: string) => `eventlog/google__go-eventlog/eventlogs__tpm__${name}.bin`;

/** A log beside a quote of all registers that it gives. */
function prove(log: Uint8Array, kind: RegisterKind = "tpm") {
  const bank = kind === "td" ? "sha384" : "sha256";
  const all = Array.from({ length: kind === "td" ? 5 : 24 }, (_, index) => index);
  const values = replayEventLog(parseEventLog(log), bank, kind, all);
  const verdict = verifyEventLog(log, { kind, banks: new Map([[bank, values]]) });
  if (verdict.kind === "refused") {
    throw new Error(verdict.reason);
  }
  return verdict.claims;
}
const read = (path: string) => vectors?.bytes(path) ?? new Uint8Array();

withVectors("published event logs of machines that were started", () => {
  it.each<[string, readonly string[]]>([
    [
      tpmLog("cos-85-amd-sev"),
      [
        "dba8d69ffb244496ac8ab2950695d3da539d6ac5ec660fc6b4bdde245284cf23",
        "f7bad83f87940312e4642530a9a6242e88529dc37a497d7d4e7c1c070566d542",
        "6f6afb3caed004e727200a0c310731bd8ab4cd391b2d95cedf67d08e1e8e5e7e",
      ],
    ],
    [
      tpmLog("cos-93-amd-sev"),
      [
        "27cce48e55b3bfb6eb6206a4cc2b53a497846496a6264495006ab28dffa5623e",
        "e3e226fb8c8e3b3fdb56c706a0fbfda080f34068aef5a1889c1bfa95f04c2e72",
        "dc0aca594caee03705bcfa817e7f666692d89b713815f4793b7abbc2a0e00b6c",
      ],
    ],
    [
      tpmLog("cos-101-amd-sev"),
      [
        "c7ac5d44444affd8d4a7c5d3dea0ce20a71e05812fc18777a428d092f78ae3ff",
        "c5d3b47de11a9a2a4a15ef5cb7202d7800a10609c0dcecc46e3e963d476b76ce",
        "af4161084115c9d5c1872f4473fe974b535e3a9a767688293720ac2cc6f7f9a3",
        "af4161084115c9d5c1872f4473fe974b535e3a9a767688293720ac2cc6f7f9a3",
      ],
    ],
    [
      tpmLog("rhel8-uefi"),
      [
        "40d6cae02973789080cf4c3a9ad11b5a0a4d8bba4438ab96e276cc784454dee7",
        "e8a268c431da72caaae407f729f602b9dbf5d1d43492d4a51cc2b688a08586e3",
        "e4c0382f98feaebfd43923a85fd6da9a20e1a48524a4d5928c31850ca1a96a6e",
      ],
    ],
    [
      tpmLog("ubuntu-1804-amd-sev"),
      [
        "2ea4cb6a1f1eb1d3dce82d54fde26ded243ba3e18de7c6d211902a594fe56788",
        "835f940e97bac2f7c171819b1fcc4bebe72a1c4ea7d7245088ef32d253085bb3",
      ],
    ],
    [
      tpmLog("ubuntu-2104-no-dbx"),
      [
        "d99c93fcb042dbe52707bbde371c75fcf081dd5b0c88a195d44cc57536f6f521",
        "b0a836fec2faf4a9bea0e1a5f1945bc86ddc03ac98ce0ae172ed9b1e536d7595",
      ],
    ],
    [
      `${attestation}/ubuntu_2104_shielded_vm_no_secure_boot_eventlog`,
      [
        "6265b732b005b3f330bcd1843374e5ec6ec5aef27cdb97a23daeb8580abbf526",
        "b0a836fec2faf4a9bea0e1a5f1945bc86ddc03ac98ce0ae172ed9b1e536d7595",
      ],
    ],
  ])("%s has the images that go-eventlog expects", (path, images) => {
    expect(readBootImages(prove(read(path)))).toEqual(images);
  });

  it.each([
    [tpmLog("cos-85-amd-sev"), /^\/syslinux\/vmlinuz\.A init=.* "dm=1 vroot none .*c16"$/u, 2],
    [tpmLog("cos-93-amd-sev"), /^\/syslinux\/vmlinuz\.A init=.* "dm=1 vroot none .*f44"$/u, 2],
    [tpmLog("cos-101-amd-sev"), /^\/syslinux\/vmlinuz\.A init=.* "dm=1 vroot none .*2ab"$/u, 2],
    [
      tpmLog("rhel8-uefi"),
      /^\(hd0,gpt2\)\/boot\/vmlinuz-4\.18\S+ root=.* console=ttyS0,38400n8$/u,
      2,
    ],
    [
      tpmLog("ubuntu-1804-amd-sev"),
      /^\/boot\/vmlinuz-5\.4\.0-1046-gcp root=.* console=ttyS0$/u,
      10,
    ],
    [tpmLog("arch-linux-workstation"), /^initrd=\\intel-ucode\.img .* l1tf=off$/u, 0],
    [`${tools}/ubuntu-2404-amd-sevsnp.bin`, /^\/vmlinuz-6\.8\.0-1010-gcp root=.* panic=-1$/u, 12],
    [`${tools}/gdc-host.bin`, /^\/vmlinuz-6\.9\.0-rc7\+ root=.* intel_iommu=on$/u, 14],
  ])("%s has a kernel's command line, %s, and %i files", (path, line, files) => {
    const boot = readLinuxBoot(prove(read(path)));
    expect(boot?.commandLine).toMatch(line);
    expect(boot).toMatchObject({ isDebugged: false, files: { length: files } });
  });

  it.each([tpmLog("glinux-alex"), `${attestation}/crypto_agile_eventlog`])(
    "%s proves no system",
    (path) => {
      const claims = toAzureMachineClaims(prove(read(path)));
      expect(claims).not.toHaveProperty("x-ms-azurevm-ostype");
      expect(claims).not.toHaveProperty("x-strongroom-boot-images");
    },
  );

  it.each<[string, boolean | undefined, boolean]>([
    [tpmLog("rhel8-uefi"), true, true],
    [tpmLog("cos-101-amd-sev"), false, true],
    // Without Secure Boot nothing is said of the system.
    [`${tools}/ubuntu-2404-amd-sevsnp.bin`, true, false],
    [`${tools}/gdc-host.bin`, false, false],
  ])("%s: certificates of Microsoft's alone in db: %s; Linux: %s", (path, isKnown, isLinux) => {
    const claims = toAzureMachineClaims(prove(read(path)));
    expect(claims).toMatchObject({
      "x-ms-azurevm-dbvalidated": isKnown,
      "x-ms-azurevm-default-securebootkeysvalidated": false,
    });
    expect(claims["x-ms-azurevm-ostype"]).toBe(isLinux ? "Linux" : undefined);
    expect(claims["x-ms-azurevm-debuggersdisabled"]).toBe(isLinux ? true : undefined);
  });

  it("windows_gcp_shielded_vm.json says, measured in SHA-256, what go-attestation expects", () => {
    const { Log } = JSON.parse(
      vectors?.text(`${attestation}/windows_gcp_shielded_vm.json`) ?? "{}",
    );
    const { events } = parseEventLog(new Uint8Array(Buffer.from(Log.Raw, "base64")));
    const measured = events.map(({ register, type, data, digests }) => {
      const digest = digests.get("sha1") ?? new Uint8Array();
      const isCovered = createHash("sha1").update(data).digest().equals(digest);
      return { register, type, data, ...(isCovered ? {} : { digestOf: digest }) };
    });
    const log = prove(encodeEventLog(measured));
    // Its boot manager was vouched for by Microsoft's root of 2010, which vouches for others' code too.
    expect(toAzureMachineClaims(log)).not.toHaveProperty("x-ms-azurevm-is-windows");
    const root = "df545bf919a2439c36983b54cdfc903dfa4f37d3996d8d84b4c31eec6f3c163e";
    const keys = { ...microsoftKeys, windowsAuthorities: [root] };
    expect(toAzureMachineClaims(log, keys)).toMatchObject({
      ...{ secureboot: true, "x-ms-azurevm-is-windows": true, "x-ms-azurevm-ostype": "Windows" },
      "x-ms-azurevm-bootdebug-enabled": false,
      "x-ms-azurevm-kerneldebug-enabled": false,
      "x-ms-azurevm-hypervisordebug-enabled": false,
      "x-ms-azurevm-testsigning-enabled": false,
      "x-ms-azurevm-flightsigning-enabled": false,
      "x-ms-azurevm-elam-enabled": true,
      "x-ms-azurevm-hvci-policy": 0,
      "x-ms-azurevm-debuggersdisabled": true,
      "x-ms-azurevm-signingdisabled": true,
    });
    expect(toTpmMachineClaims(log, keys)).toMatchObject({
      ...{ bootDebuggingDisabled: true, notSafeMode: true, notWinPE: true, vbsEnabled: false },
    });
  });

  it.each([
    ["MicCorKEKCA2011_2011-06-24", "exchangeKeys"],
    ["MicCorUEFCA2011_2011-06-27", "authorities"],
    ["MicWinProPCA2011_2011-10-19", "authorities"],
    ["MicWinProPCA2011_2011-10-19", "windowsAuthorities"],
  ] as const)("secureboot__%s.crt is among Microsoft's %s", (name, kind) => {
    const certificate = read(`${tools}/secureboot__${name}.crt`);
    expect(microsoftKeys[kind]).toContain(toHex(sha256(certificate)));
  });
});
