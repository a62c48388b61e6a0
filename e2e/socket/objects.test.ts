// SPDX-License-Identifier: Apache-2.0
/** What every kind of object has at the socket, tried with secrets: names, pages, tunnelled verbs, single versions. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Answer } from "./fixtures/exchange.ts";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { hostOf } from "./fixtures/names.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { readStored } from "./fixtures/stored.ts";

const query = "?api-version=7.6";
const host = hostOf("shop");

describe("objects of a vault", () => {
  let installation: Installation;
  let storeFile = "";

  beforeAll(async () => {
    installation = await startInstallation();
    storeFile = installation.folders.storeFile;
    const oidc = (subject: string) => ({ oidc: { issuer: installation.oidc.issuer, subject } });
    const roleAssignments = [
      { role: "Key Vault Administrator" as const, scope: "*", principals: [oidc("officer")] },
      {
        role: "Key Vault Reader" as const,
        scope: "secrets/public-*",
        principals: [oidc("reader")],
      },
    ];
    await installation.putVault({ name: "shop", spec: { roleAssignments } });
  });
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  const call = async (
    method: string,
    path: string,
    { body, headers = {}, subject = "officer" }: CallOptions = {},
  ): Promise<Answer> =>
    await installation.send({
      ...{ serverName: host, method, path, body, headers },
      token: await installation.oidc.token(subject),
    });
  interface CallOptions {
    readonly body?: object;
    readonly headers?: Readonly<Record<string, string>>;
    readonly subject?: string;
  }
  const set = async (name: string, value: string): Promise<string> => {
    const { status, body } = await call("PUT", `/secrets/${name}${query}`, { body: { value } });
    expect(status).toBe(200);
    return body.id.split("/").at(-1);
  };

  describe("by name", () => {
    it("are one object in every spelling, in every route, and never two records", async () => {
      const spellings = ["Mixed-Name", "mixed-name", "MIXED-NAME", "%6Dixed-%4Eame"];
      for (const [i, name] of spellings.entries()) {
        await set(name, `value ${i}`);
      }
      for (const name of spellings) {
        const read = await call("GET", `/secrets/${name}/${query}`);
        expect([read.body.value, read.body.id.split("/")[4]]).toEqual(["value 3", "Mixed-Name"]);
        const { body } = await call("GET", `/SECRETS/${name}/versions${query}`);
        expect(body.value).toHaveLength(4);
      }
      const objects = [...readStored(storeFile).rows].filter((row) =>
        /object\/secrets\/mixed-name@/i.test(row),
      );
      expect(objects).toHaveLength(1);
      await call("DELETE", `/secrets/mixed-NAME${query}`);
      for (const name of spellings) {
        expect((await call("GET", `/deletedsecrets/${name}${query}`)).status).toBe(200);
        const again = await call("PUT", `/secrets/${name}${query}`, { body: { value: "x" } });
        expect(again.body.error.innererror.code).toBe("ObjectIsDeletedButRecoverable");
      }
    });

    it.each(["under_score", "dot.ted", "sl%2fash", "K%E2%84%AAelvin", "", "%20", "a".repeat(128)])(
      "that Key Vault does not have are refused: %j",
      async (name) => {
        const { status } = await call("PUT", `/secrets/${name}${query}`, { body: { value: "x" } });
        expect([400, 404]).toContain(status);
      },
    );
  });

  describe("in pages", () => {
    it("link to the next page under the address and api-version of the request, and show what roles let see", async () => {
      for (let i = 0; i < 6; i += 1) {
        await set(`public-${i}`, "x");
        await set(`private-${i}`, "x");
      }
      const names: string[] = [];
      const links: URL[] = [];
      for (let path: string | undefined = `/secrets${query}&maxresults=4`; path !== undefined; ) {
        const { body } = await call("GET", path, { subject: "reader" });
        names.push(...body.value.map(({ id }: { id: string }) => id.split("/").at(-1)));
        const link = body.nextLink === null ? [] : [new URL(body.nextLink)];
        links.push(...link);
        path = link[0] && link[0].pathname + link[0].search;
      }
      expect(links.map(({ host }) => host)).toEqual([host]);
      expect(links[0]?.searchParams.get("api-version")).toBe("7.6");
      expect(names).toEqual([0, 1, 2, 3, 4, 5].map((i) => `public-${i}`));
    });

    it.each(["0", "26", "x", "-1"])("have no size %s", async (size) => {
      expect((await call("GET", `/secrets${query}&maxresults=${size}`)).status).toBe(400);
    });

    it("begin where a link says and not where somebody made one up", async () => {
      expect((await call("GET", `/secrets${query}&$skiptoken=%00`)).status).toBe(400);
    });
  });

  describe("for clients that can only POST", () => {
    it("are changed and deleted by the verb in the header", async () => {
      await set("tunnel", "x");
      const patch = await call("POST", `/secrets/tunnel${query}`, {
        headers: { "x-http-method": "PATCH" },
        body: { tags: { a: "b" } },
      });
      expect([patch.status, patch.body.tags]).toEqual([200, { a: "b" }]);
      const removed = await call("POST", `/secrets/tunnel${query}`, {
        headers: { "x-http-method": "delete" },
      });
      expect([removed.status, removed.body.recoveryId]).toEqual([
        200,
        `https://${host}/deletedsecrets/tunnel`,
      ]);
    });

    it("are not reached by a verb that is none of those", async () => {
      for (const method of ["GET", "CONNECT", "TRACE"]) {
        const headers = { "x-http-method": method };
        expect((await call("POST", `/secrets/public-0${query}`, { headers })).status).toBe(404);
      }
      const headers = { "x-http-method": "DELETE" };
      expect((await call("GET", `/secrets/public-0${query}`, { headers })).status).toBe(200);
      expect((await call("GET", `/secrets/public-0${query}`)).status).toBe(200);
    });
  });

  describe("in single versions", () => {
    const versions = "/strongroom/v1/secrets/versioned/versions";
    const deleted = "/strongroom/v1/deletedversions/secrets/versioned";

    it("are deleted, listed, recovered and purged, and the others stay", async () => {
      const [first, second, third] = [
        await set("versioned", "one"),
        await set("versioned", "two"),
        await set("versioned", "three"),
      ];
      const removed = await call("DELETE", `${versions}/${first}`);
      expect([removed.status, removed.body.scheduledPurgeDate - removed.body.deletedDate]).toEqual([
        200,
        90 * 86_400,
      ]);
      const read = (version: string) => call("GET", `/secrets/versioned/${version}${query}`);
      expect((await read(first)).status).toBe(404);
      expect((await read(second)).body.value).toBe("two");
      expect((await read(second.toUpperCase())).body.value).toBe("two");
      const left = await call("GET", `/secrets/versioned/versions${query}`);
      expect(left.body.value).toHaveLength(2);
      const listed = await call("GET", deleted);
      expect(listed.body.value.map(({ id }: { id: string }) => id.split("/").at(-1))).toEqual([
        first,
      ]);
      expect((await call("GET", `${deleted}/${first}`)).status).toBe(200);

      expect((await call("POST", `${deleted}/${first}/recover`)).status).toBe(200);
      expect((await read(first)).body.value).toBe("one");

      await call("DELETE", `${versions}/${first}`);
      expect((await call("DELETE", `${deleted}/${first}`)).status).toBe(204);
      expect((await call("GET", `${deleted}/${first}`)).status).toBe(404);
      const values = [...readStored(storeFile).rows].filter((row) => row.startsWith("value "));
      expect(values.filter((row) => row.endsWith(first))).toEqual([]);
      expect((await read(third)).body.value).toBe("three");
    });

    it("do not go where they are current, where they are not deleted, or without the role", async () => {
      const current = await set("versioned", "four");
      await expectRefused(storeFile, () => call("DELETE", `${versions}/${current}`), {
        ...{ code: "CurrentVersion", operation: "SecretVersionDelete" },
      });
      await expectRefused(storeFile, () => call("DELETE", `${deleted}/${current}`), {
        ...{ code: "NotFound", operation: "SecretVersionPurge" },
      });
      await expectRefused(
        storeFile,
        () => call("DELETE", `${versions}/${current}`, { subject: "reader" }),
        { code: "Forbidden", operation: "SecretVersionDelete" },
      );
    });
  });

  it("take an update without a version as one of the current version", async () => {
    await set("patched", "x");
    const { status, body } = await call("PATCH", `/secrets/patched${query}`, {
      body: { attributes: { enabled: false }, contentType: "text/plain" },
    });
    expect([status, body.attributes.enabled, body.contentType]).toEqual([200, false, "text/plain"]);
    await expectRefused(storeFile, () => call("GET", `/secrets/patched${query}`), {
      ...{ code: "ObjectDisabled", operation: "SecretGet" },
    });
  });

  it("are given in another form only where they are a certificate's", async () => {
    const form = "&outContentType=application%2Fx-pem-file";
    const { status } = await call("GET", `/secrets/public-0${query}${form}`);
    expect(status).toBe(400);
  });

  it.each([
    ...["7.4", "7.5", "7.6", "7.6-preview.2", "2025-07-01", "2025-06-01-preview"],
    ...["2026-01-01-preview", "2026-03-01-preview", "2026-05-01-preview"],
  ])("are there for api-version %s", async (version) => {
    expect((await call("GET", `/secrets?api-version=${version}`)).status).toBe(200);
  });

  it.each(["2026-01-01", "7.3", "7.7", "2025-07-01-", "latest"])(
    "are not there for api-version %s",
    async (version) => {
      expect((await call("GET", `/secrets?api-version=${version}`)).status).toBe(400);
    },
  );
});
