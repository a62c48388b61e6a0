// SPDX-License-Identifier: Apache-2.0
/** An installation with custodians: waiting, activated, its token lost and recovered, its keys rotated. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { MintedCertificate } from "@strongroom/testing";
import { activationCa, asOfficer, keysOf, makeCustodians, restoreBy } from "./fixtures/domain.ts";
import { eventually } from "./fixtures/eventually.ts";
import { exchange } from "./fixtures/exchange.ts";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { expectContents, fillVaults } from "./fixtures/kept-contents.ts";
import { hostOf, installationHost } from "./fixtures/names.ts";
import { administrator } from "./fixtures/oidc-issuer.ts";
import { readStored } from "./fixtures/stored.ts";

const apiVersion = "api-version=7.5";

// A ceremony is a process of its own, which a busy machine starts in seconds.
jest.setTimeout(120_000);

describe("an installation with custodians", () => {
  let installation: Installation;
  let custodians: readonly MintedCertificate[];
  let domain: string;

  beforeAll(async () => {
    [installation, custodians] = await Promise.all([
      startInstallation({ domain: "custodians" }),
      makeCustodians(4),
    ]);
  }, 120_000);
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  const send = async (method: string, path: string, body?: object) =>
    await installation.send({
      ...{ serverName: hostOf("kept"), method, path: `${path}?${apiVersion}`, body },
      token: await installation.oidc.token("officer"),
    });
  const waiting = async (path: string, subject: string, method = "GET", body?: object) =>
    await exchange({
      ...{ port: installation.vault.port, ca: activationCa(installation), method, path, body },
      ...{ serverName: installationHost, token: await installation.oidc.token(subject) },
    });
  const leafNames = () =>
    readStored(installation.folders.storeFile).leaves.map(({ event }) =>
      `${event.operationName} ${event.resultSignature}`.trim(),
    );
  it("answers the domain's routes alone before its domain is downloaded, and its officers alone there", async () => {
    for (const path of ["/secrets/word", "/strongroom/v1/manage/vaults/x", "/keys"]) {
      const { status, body } = await waiting(path, administrator);
      expect([status, body.error.innererror.code]).toEqual([503, "NotActivated"]);
    }
    const download = { certificates: keysOf(custodians), required: 3 };
    for (const [method, path, body] of [
      ["POST", "/securitydomain/download", download],
      ["GET", "/securitydomain/download/pending", undefined],
      ["GET", "/securitydomain/upload", undefined],
      ["POST", "/securitydomain/upload", { value: "AQ" }],
      ["GET", "/strongroom/v1/domain", undefined],
    ] as const) {
      const answer = await waiting(path, administrator, method, body);
      expect([path, answer.status]).toEqual([path, 403]);
    }
    const ready = await fetch(`http://127.0.0.1:${installation.vault.healthPort}/readyz`);
    expect(ready.status).toBe(503);
    const elsewhere = { ca: activationCa(installation), serverName: hostOf("kept") };
    const attempt = exchange({
      ...elsewhere,
      port: installation.vault.port,
      method: "GET",
      path: "/",
    });
    await expect(attempt).rejects.toThrow();
  });

  it("is activated by the download, whose steps are in the audit log that begins with it", async () => {
    const download = { certificates: keysOf(custodians), required: 3 };
    const ca = activationCa(installation);
    domain = await asOfficer(installation, ca, (client) => client.download(download));
    await installation.vault.serves();
    expect(leafNames()).toEqual(
      expect.arrayContaining([
        "SecurityDomainDownload Forbidden",
        "SecurityDomainDownloadBegin",
        "SecurityDomainDownload",
      ]),
    );
    expect(existsSync(join(installation.folders.store, "before-activation.jsonl"))).toBe(false);
    await fillVaults(installation);
    await expectContents(installation);
  });

  it("gives the same domain to the same custodians again, and nothing to others", async () => {
    const officer = <T>(work: Parameters<typeof asOfficer<T>>[2], subject?: string) =>
      asOfficer(installation, installation.ca(), work, subject);
    const same = { certificates: keysOf([...custodians].reverse()), required: 3 };
    expect(await officer((client) => client.download(same))).toBe(domain);
    const others = { certificates: keysOf(await makeCustodians(3)), required: 2 };
    const attempt = officer((client) => client.download(others));
    await expect(attempt).rejects.toMatchObject({ code: "Conflict" });
    // Who has everything in a vault, and who manages vaults, has nothing here.
    for (const subject of ["officer", administrator]) {
      const refused = officer((client) => client.download(others), subject);
      await expect(refused).rejects.toMatchObject({ code: "Forbidden" });
    }
    const onVault = await send("POST", "/securitydomain/download", others);
    expect(onVault.status).toBe(404);
    expect(await officer((client) => client.status())).toMatchObject({
      ...{ state: "active", custodians: 4, required: 3, recoveryRequired: false, outdated: 0 },
    });
  });

  it("waits over a new token for the domain of its store, and has everything again with it", async () => {
    await installation.vault.stop();
    await installation.hsm.replaceToken();
    await installation.vault.startWaiting();
    const ca = activationCa(installation);
    const { status, body } = await waiting("/secrets/word", administrator);
    expect([status, body.error.innererror.code]).toEqual([503, "RecoveryRequired"]);
    const download = { certificates: keysOf(custodians), required: 2 };
    const fresh = asOfficer(installation, ca, (client) => client.download(download));
    await expect(fresh).rejects.toMatchObject({ code: "RecoveryRequired" });
    for (const [who, code] of [
      [custodians.slice(0, 2), "BadParameter"],
      [custodians.slice(0, 3), undefined],
    ] as const) {
      const attempt = asOfficer(installation, ca, async (client) =>
        client.upload(await restoreBy(who, domain, client)),
      );
      await (code === undefined ? attempt : expect(attempt).rejects.toMatchObject({ code }));
    }
    await installation.vault.serves();
    await expectContents(installation);
    expect(leafNames()).toEqual(
      expect.arrayContaining(["SecurityDomainUpload BadParameter", "SecurityDomainUpload"]),
    );
  }, 120_000);

  it("moves every key under new ones, though it is killed in the middle, and then does without the old", async () => {
    const officer = <T>(work: Parameters<typeof asOfficer<T>>[2]) =>
      asOfficer(installation, installation.ca(), work);
    const before = await officer((client) => client.status());
    const rotated = await officer((client) => client.rotate({}));
    expect(rotated.generations).toHaveLength(2);
    expect(rotated.generations[1]).toBe(before.generations[0]);
    await installation.vault.stop("SIGKILL");
    await installation.hsm.stop("SIGKILL");
    await installation.hsm.start();
    await installation.vault.start();
    await expectContents(installation);
    await eventually(async () => {
      expect(await officer((client) => client.status())).toMatchObject({ outdated: 0 });
    });
    const { generations } = await officer((client) => client.retire());
    expect(generations).toEqual([rotated.generations[0]]);
    await eventually(() => expectContents(installation));
    await installation.vault.stop();
    await installation.vault.start();
    await expectContents(installation);
    expect(leafNames()).toEqual(expect.arrayContaining(["KekRotate", "KekRewrap", "KekRetire"]));
  }, 120_000);

  it("is recovered from the domain that the rotation made, and not from the old one", async () => {
    const ca = installation.ca();
    const keys = { certificates: keysOf(custodians), required: 3 };
    const now = await asOfficer(installation, ca, (client) => client.download(keys));
    expect(now).not.toBe(domain);
    await installation.vault.stop();
    await installation.hsm.replaceToken();
    await installation.vault.startWaiting();
    const restore = async (file: string) =>
      await asOfficer(installation, activationCa(installation), async (client) =>
        client.upload(await restoreBy(custodians.slice(1), file, client)),
      );
    await restore(now);
    await installation.vault.serves();
    await expectContents(installation);
  }, 120_000);
});
