// SPDX-License-Identifier: Apache-2.0
/** An immutable policy is the vault's: nothing that is done to its resource changes, narrows or ends it. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { routes } from "@strongroom/api";
import { operatorCalls } from "./fixtures/operator-calls.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { policyFor, type ReleasingVault, startReleasingVault } from "./fixtures/releasing-vault.ts";

const strict = policyFor({ claim: "x-ms-ver", equals: "1.0" });
const wanted = {
  ...{ epoch: 0, generation: 1, owner: { uid: "first" }, immutable: true, policy: strict },
  selector: { kinds: ["secrets"], names: ["db-*"] },
};

describe("an immutable policy", () => {
  let vault: ReleasingVault;
  let path: string;

  beforeAll(async () => {
    vault = await startReleasingVault();
    path = routes.managePolicy(vault.uid, "fixed");
    await vault.call("PUT", "/secrets/db-old", { value: "v" });
    expect((await send("PUT", wanted)).status).toBe(200);
  }, 240_000);
  afterAll(async () => {
    await vault[Symbol.asyncDispose]();
  });

  const send = (method: string, body: object) =>
    operatorCalls(vault.installation).send(method, path, body);
  const refuses = (change: object) =>
    expectRefused(
      vault.installation.folders.storeFile,
      () => send("PUT", { ...wanted, owner: { uid: "second" }, ...change }),
      { code: "PolicyImmutable", operation: "ReleasePolicySet" },
    );
  const release = async (name: string) => (await vault.release(`/secrets/${name}`)).status;
  const get = async (name: string) => {
    const { status, body } = await vault.call("GET", `/secrets/${name}`);
    return body?.error?.innererror?.code ?? status;
  };
  const remove = () => send("DELETE", { epoch: 0, generation: 1, owner: { uid: "first" } });
  const listed = async () => {
    const { body } = await operatorCalls(vault.installation).send(
      "GET",
      routes.manageVault(vault.uid),
    );
    return body.policies.map(({ name }: { name: string }) => name);
  };

  it("cannot be changed, narrowed or widened", async () => {
    await refuses({ policy: policyFor({ claim: "x-ms-ver", exists: true }) });
    await refuses({ selector: { kinds: ["secrets"], names: ["db-old"] } });
    await refuses({ selector: { kinds: ["keys"], names: ["db-*"] } });
    await refuses({ selector: { kinds: ["secrets"], names: ["*"] } });
    expect(await get("db-old")).toBe("ReleaseRequired");
    expect(await release("db-old")).toBe(200);
  });

  it("stays immutable when its resource no longer says so", async () => {
    expect((await send("PUT", { ...wanted, immutable: false })).status).toBe(200);
    await refuses({ immutable: false, policy: policyFor({ claim: "x-ms-ver", exists: true }) });
  });

  it("stays in force when its resource is deleted, for what comes later too", async () => {
    expect((await remove()).body).toEqual({ deleted: false });
    // The sweep finds nothing that it has to end.
    expect(await listed()).toEqual([]);
    expect((await remove()).body).toEqual({ deleted: false });
    await vault.call("PUT", "/secrets/db-new", { value: "v" });
    for (const name of ["db-old", "db-new"]) {
      expect(await get(name)).toBe("ReleaseRequired");
      expect(await release(name)).toBe(200);
    }
  });

  it("made anew by another resource resumes as it was, and as nothing else", async () => {
    await refuses({ policy: policyFor({ claim: "x-ms-ver", exists: true }) });
    await refuses({ selector: { kinds: ["secrets"], names: ["nothing"] } });
    const { status } = await send("PUT", { ...wanted, immutable: false, owner: { uid: "second" } });
    expect(status).toBe(200);
    expect(await listed()).toEqual(["fixed"]);
    await refuses({ immutable: false, selector: { kinds: ["secrets"], names: ["nothing"] } });
    expect(await release("db-old")).toBe(200);
  });
});
