// SPDX-License-Identifier: Apache-2.0
/** One version of a certificate is deleted, recovered and purged with its key and its secret, and never without them. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { keyCalls } from "./fixtures/key-vault-calls.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { rolesOfOfficer } from "./fixtures/roles-of-officer.ts";
import { readStored } from "./fixtures/stored.ts";

const faces = ["certificates", "keys", "secrets"];
const policy = {
  ...{ issuer: { name: "Self" }, x509_props: { subject: "CN=web" } },
  key_props: { kty: "EC", crv: "P-256", exportable: true },
};

describe("a version of a certificate", () => {
  let installation: Installation;
  let storeFile: string;
  const versions: string[] = [];
  const calls = keyCalls(() => installation, "shop");
  const get = (path: string) => calls.send("GET", path);
  const statuses = async (version: string) =>
    await Promise.all(faces.map(async (kind) => (await get(`/${kind}/web/${version}`)).status));
  const listed = async (kind: string) =>
    (await get(`/strongroom/v1/deletedversions/${kind}/web`)).body.value.length;
  const own = (method: string, path: string) => calls.send(method, `/strongroom/v1/${path}`);

  beforeAll(async () => {
    installation = await startInstallation();
    storeFile = installation.folders.storeFile;
    const roleAssignments = rolesOfOfficer(installation);
    await installation.putVault({ name: "shop", spec: { roleAssignments } });
    for (const _ of ["first", "second", "third"]) {
      await calls.send("POST", "/certificates/web/create", { policy });
      const { body } = await get("/certificates/web");
      versions.push(body.id.split("/").at(-1));
    }
  }, 60_000);
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  it("goes with its key and secret, and comes back with them", async () => {
    const [first = "", second = ""] = versions;
    const { status, body } = await own("DELETE", `certificates/web/versions/${first}`);
    expect([status, body.scheduledPurgeDate - body.deletedDate]).toEqual([200, 90 * 86_400]);
    expect([await statuses(first), await statuses(second)]).toEqual([
      [404, 404, 404],
      [200, 200, 200],
    ]);
    expect(await Promise.all(faces.map(listed))).toEqual([1, 1, 1]);
    expect((await own("POST", `deletedversions/certificates/web/${first}/recover`)).status).toBe(
      200,
    );
    expect([await statuses(first), await Promise.all(faces.map(listed))]).toEqual([
      [200, 200, 200],
      [0, 0, 0],
    ]);
  });

  it("leaves nothing when it is purged, and the others stay", async () => {
    const [first = "", second = "", third = ""] = versions;
    await own("DELETE", `certificates/web/versions/${first}`);
    expect((await own("DELETE", `deletedversions/certificates/web/${first}`)).status).toBe(204);
    const values = [...readStored(storeFile).rows].filter((row) => row.startsWith("value "));
    expect(values.filter((row) => row.endsWith(first))).toEqual([]);
    expect(values.filter((row) => row.endsWith(second))).toHaveLength(2);
    expect([await statuses(first), await statuses(second), await statuses(third)]).toEqual([
      [404, 404, 404],
      [200, 200, 200],
      [200, 200, 200],
    ]);
    expect((await get("/certificates/web/versions")).body.value).toHaveLength(2);
  });

  it("stays where it is current, and its key and secret do not go without it", async () => {
    const [, second = "", current = ""] = versions;
    const refused = (method: string, path: string, expected: Parameters<typeof expectRefused>[2]) =>
      expectRefused(storeFile, () => own(method, path), expected);
    await refused("DELETE", `certificates/web/versions/${current}`, {
      ...{ code: "CurrentVersion", operation: "CertificateVersionDelete" },
    });
    for (const [kind, noun] of [
      ["keys", "Key"],
      ["secrets", "Secret"],
    ]) {
      await refused("DELETE", `${kind}/web/versions/${second}`, {
        ...{ code: "ObjectManaged", operation: `${noun}VersionDelete` },
      });
    }
    await own("DELETE", `certificates/web/versions/${second}`);
    for (const [method, end, verb] of [
      ["POST", "/recover", "Recover"],
      ["DELETE", "", "Purge"],
    ]) {
      await refused(String(method), `deletedversions/keys/web/${second}${end}`, {
        ...{ code: "ObjectManaged", operation: `KeyVersion${verb}` },
      });
    }
  });

  it("is not deleted by who may not delete certificates", async () => {
    const path = `/strongroom/v1/certificates/web/versions/${versions[2]}`;
    await expectRefused(storeFile, () => calls.send("DELETE", path, undefined, "stranger"), {
      ...{ code: "Forbidden", operation: "CertificateVersionDelete" },
    });
  });
});
