// SPDX-License-Identifier: Apache-2.0
/** `strongroom domain`: an HSM is activated, lost, and recovered by custodians who never meet. */

import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { MintedCertificate } from "@strongroom/testing";
import { strongroom } from "../../cli/src/__fixtures__/strongroom.ts";
import { makeCustodians } from "./fixtures/domain.ts";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { installationHost } from "./fixtures/names.ts";
import { securityOfficer } from "./fixtures/oidc-issuer.ts";

const passphrase = "correct horse battery staple";

// A ceremony is a process of its own, which a busy machine starts in seconds.
jest.setTimeout(120_000);

describe("strongroom domain", () => {
  let installation: Installation;
  let custodians: readonly MintedCertificate[];
  let connection: readonly string[];

  const path = (name: string) => join(installation.folders.root, name);
  const paths = (ending: string) => custodians.map((_, index) => path(`${index}.${ending}`));
  const domain = async (...args: readonly string[]) => await strongroom("domain", ...args);
  const online = async (ca: string, ...args: readonly string[]) =>
    await domain(...args, ...connection, "--ca", join(installation.folders.trust, ca));

  beforeAll(async () => {
    [installation, custodians] = await Promise.all([
      startInstallation({ domain: "custodians" }),
      makeCustodians(3),
    ]);
    await writeFile(path("bearer"), await installation.oidc.token(securityOfficer));
    await writeFile(path("passphrase"), `${passphrase}\n`);
    for (const [index, { certificatePem, key }] of custodians.entries()) {
      const encrypted = { cipher: "aes-256-cbc", passphrase };
      const pem = key.export({ type: "pkcs8", format: "pem", ...(index === 1 && encrypted) });
      await writeFile(path(`${index}.crt`), certificatePem);
      await writeFile(path(`${index}.pem`), pem);
    }
    connection = [
      ...["--url", `https://${installationHost}`, "--token-file", path("bearer")],
      ...["--connect", `127.0.0.1:${installation.vault.port}`],
    ];
  }, 120_000);
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  it("activates an HSM, and keeps the domain in a file that it writes once", async () => {
    const args = [
      "--certificate",
      ...paths("crt"),
      "--required",
      "2",
      "--output",
      path("domain-1"),
    ];
    const { code, stdout, stderr } = await online("activation-ca.crt", "download", ...args);
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toContain("the HSM is active");
    expect((await stat(path("domain-1"))).mode & 0o777).toBe(0o600);
    await installation.vault.serves();
    const again = await online("infrastructure-ca.crt", "download", ...args);
    expect([again.code, again.stderr]).toEqual([64, expect.stringContaining("is there already")]);
    const status = await online("infrastructure-ca.crt", "status");
    expect(JSON.parse(status.stdout)).toMatchObject({
      state: "active",
      custodians: 3,
      required: 2,
    });
  });

  it("recovers a lost token, each custodian working alone", async () => {
    await installation.vault.stop();
    await installation.hsm.replaceToken();
    await installation.vault.startWaiting();
    const begun = await online("activation-ca.crt", "init-recovery", "--output", path("exchange"));
    const [, fingerprint = ""] = /fingerprint ([0-9a-f]{64})/.exec(begun.stderr) ?? [];
    expect(installation.hsm.output()).toContain(fingerprint);
    const offline = (...args: readonly string[]) =>
      domain(
        "restore-blob",
        "--domain",
        path("domain-1"),
        "--exchange-key",
        path("exchange"),
        ...args,
      );
    const mine = ["--fingerprint", fingerprint, "--key", path("0.pem"), "--output", path("one")];
    const other = ["--fingerprint", "0".repeat(64), "--key", path("0.pem"), "--output", path("x")];
    expect((await offline(...other)).stderr).toContain("another fingerprint");
    expect((await offline(...mine)).stderr).toContain("1 more custodians are needed");
    const early = await online("activation-ca.crt", "upload", "--restore-blob", path("one"));
    expect([early.code, early.stderr]).toEqual([64, expect.stringContaining("2 custodians must")]);
    const theirs = ["--fingerprint", fingerprint, "--key", path("1.pem"), "--output", path("two")];
    const locked = await offline(...theirs, "--add-to", path("one"));
    expect([locked.code, locked.stderr]).toEqual([64, expect.stringContaining("does not open")]);
    const open = ["--passphrase-file", path("passphrase"), "--add-to", path("one")];
    expect((await offline(...theirs, ...open)).stderr).toContain("a quorum has taken part");
    const upload = await online("activation-ca.crt", "upload", "--restore-blob", path("two"));
    expect([upload.code, upload.stderr]).toEqual([0, expect.stringContaining("has its keys")]);
    await installation.vault.serves();
  }, 120_000);

  it("rotates the keys, and retires the old ones once nothing is under them", async () => {
    const before = await readFile(path("domain-1"), "utf8");
    const rotated = await online("infrastructure-ca.crt", "rotate");
    expect(JSON.parse(rotated.stdout).generations).toHaveLength(2);
    const args = [
      "--certificate",
      ...paths("crt"),
      "--required",
      "2",
      "--output",
      path("domain-2"),
    ];
    expect((await online("infrastructure-ca.crt", "download", ...args)).code).toBe(0);
    expect(await readFile(path("domain-2"), "utf8")).not.toBe(before);
    let retired = await online("infrastructure-ca.crt", "retire");
    for (let attempt = 0; retired.code !== 0 && attempt < 20; attempt += 1) {
      retired = await online("infrastructure-ca.crt", "retire");
    }
    expect(JSON.parse(retired.stdout)).toMatchObject({
      outdated: 0,
      generations: [expect.any(String)],
    });
  }, 120_000);
});
