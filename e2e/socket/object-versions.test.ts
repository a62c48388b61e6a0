// SPDX-License-Identifier: Apache-2.0
/** Single versions of an object at the socket: deleted, recovered and purged, while the others stay. */

import { describe, expect, it } from "@jest/globals";
import { expectRefused } from "./fixtures/refusal.ts";
import { readStored } from "./fixtures/stored.ts";
import { query, useObjects } from "./fixtures/use-objects.ts";

describe("objects of a vault, in single versions", () => {
  const { call, set, storeFile } = useObjects();
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
    const values = [...readStored(storeFile()).rows].filter((row) => row.startsWith("value "));
    expect(values.filter((row) => row.endsWith(first))).toEqual([]);
    expect((await read(third)).body.value).toBe("three");
  });

  it("do not go where they are current, where they are not deleted, or without the role", async () => {
    const current = await set("versioned", "four");
    await expectRefused(storeFile(), () => call("DELETE", `${versions}/${current}`), {
      ...{ code: "CurrentVersion", operation: "SecretVersionDelete" },
    });
    await expectRefused(storeFile(), () => call("DELETE", `${deleted}/${current}`), {
      ...{ code: "NotFound", operation: "SecretVersionPurge" },
    });
    await expectRefused(
      storeFile(),
      () => call("DELETE", `${versions}/${current}`, { subject: "reader" }),
      { code: "Forbidden", operation: "SecretVersionDelete" },
    );
  });
});
