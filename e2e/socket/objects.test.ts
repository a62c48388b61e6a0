// SPDX-License-Identifier: Apache-2.0
/** What every kind of object has at the socket, tried with secrets: names, pages, tunnelled verbs, versions of the API. */

import { describe, expect, it } from "@jest/globals";
import { expectRefused } from "./fixtures/refusal.ts";
import { readStored } from "./fixtures/stored.ts";
import { host, query, useObjects } from "./fixtures/use-objects.ts";

describe("objects of a vault", () => {
  const { call, set, storeFile } = useObjects();

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
      const objects = [...readStored(storeFile()).rows].filter((row) =>
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

  it("take an update without a version as one of the current version", async () => {
    await set("patched", "x");
    const { status, body } = await call("PATCH", `/secrets/patched${query}`, {
      body: { attributes: { enabled: false }, contentType: "text/plain" },
    });
    expect([status, body.attributes.enabled, body.contentType]).toEqual([200, false, "text/plain"]);
    await expectRefused(storeFile(), () => call("GET", `/secrets/patched${query}`), {
      ...{ code: "ObjectDisabled", operation: "SecretGet" },
    });
  });

  it("are given in another form only where they are a certificate's", async () => {
    const form = "&outContentType=application%2Fx-pem-file";
    const { status } = await call("GET", `/secrets/public-0${query}${form}`);
    expect(status).toBe(400);
  });

  it.each([
    ...["2016-10-01", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "7.6-preview.2"],
    ...["2025-07-01", "2025-06-01-preview"],
    ...["2026-01-01-preview", "2026-03-01-preview", "2026-05-01-preview"],
  ])("are there for api-version %s", async (version) => {
    expect((await call("GET", `/secrets?api-version=${version}`)).status).toBe(200);
  });

  it.each(["2026-01-01", "6.9", "7.7", "2025-07-01-", "latest"])(
    "are not there for api-version %s",
    async (version) => {
      expect((await call("GET", `/secrets?api-version=${version}`)).status).toBe(400);
    },
  );
});
