// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { StrongroomError } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import {
  type ObjectStore,
  openObjectStore,
  start,
  testVault,
} from "../objects/__fixtures__/object-store.ts";
import { rolesKey } from "../roles/role-records.ts";
import { decidePrepared, type PreparedOperation } from "./decide-prepared.ts";
import type { VaultRequest } from "./request-context.ts";

const principal = { issuer: "https://issuer", subject: "officer" };
let store: ObjectStore;
let steps: string[];
beforeEach(async () => {
  store = await openObjectStore();
  steps = [];
  const assignment = {
    role: "Key Vault Crypto Officer",
    scope: "*",
    via: "api",
    principals: [principal],
  };
  await store.act((tx) =>
    tx.put(rolesKey(testVault.uid), {
      assignments: [assignment],
      api: { definitions: [], assignments: [] },
    } as never),
  );
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
});

function callOf(subject: string): VaultRequest {
  const circumstances = { at: start, source: undefined };
  const caller = { principal: { ...principal, subject }, installationRoles: [], circumstances };
  const context = { at: start, caller, correlationId: "", callerIpAddress: "", requestUri: "" };
  return { context, vault: testVault, origin: "https://shop" } as unknown as VaultRequest;
}

type Operation = PreparedOperation<number, Uint8Array, Uint8Array>;

async function decide(subject: string, change: Partial<Operation> = {}): Promise<Uint8Array> {
  const operation: Operation = {
    ...{ operationName: "KeyDecrypt", object: "keys/name" },
    action: "Microsoft.KeyVault/vaults/keys/decrypt/action",
    check: async () => {
      steps.push("check");
      return 0;
    },
    basis: (checked) => checked,
    prepare: async () => {
      steps.push("prepare");
      return new Uint8Array([1, 2, 3]);
    },
    work: async (_, __, prepared) => ({ result: prepared }),
    discard: (prepared) => void prepared.fill(0),
    ...change,
  };
  return await decidePrepared({ ledger: store.ledger }, callOf(subject), operation);
}

test("looks, prepares, and looks again in the decision", async () => {
  expect(await decide("officer")).toEqual(new Uint8Array([1, 2, 3]));
  expect(steps).toEqual(["check", "prepare", "check"]);
});

test("prepares nothing for who may not", async () => {
  await expect(decide("nobody")).rejects.toMatchObject({ code: "Forbidden" });
  expect(steps).toEqual([]);
});

test("a key that is disabled after the preparation gives nothing away, and what was prepared is wiped", async () => {
  const prepared = new Uint8Array([1, 2, 3]);
  const check = async () => {
    steps.push("check");
    if (steps.length > 1) {
      throw new Refusal("ObjectDisabled", "disabled meanwhile");
    }
    return 0;
  };
  const refused = decide("officer", { check, prepare: async () => prepared });
  await expect(refused).rejects.toMatchObject({ code: "ObjectDisabled" });
  expect(prepared).toEqual(new Uint8Array(3));
});

test("a preparation that fails is the decision's failure", async () => {
  const prepare = () => Promise.reject(new StrongroomError("BadParameter", "does not decrypt"));
  await expect(decide("officer", { prepare })).rejects.toMatchObject({ code: "BadParameter" });
  expect(steps).toEqual(["check", "check"]);
});

test("prepares anew where the object is another by the time of the decision", async () => {
  const prepared: Uint8Array[] = [];
  const result = await decide("officer", {
    // What is looked at first is version 1; from then on version 2 is the current one.
    check: async () => (steps.push("check") === 1 ? 1 : 2),
    prepare: async (version) => {
      steps.push(`prepare ${version}`);
      const made = new Uint8Array([version]);
      prepared.push(made);
      return made;
    },
    work: async (_, version, made) => ({ result: new Uint8Array([version, ...made]) }),
  });
  expect(result).toEqual(new Uint8Array([2, 2]));
  expect(steps).toEqual(["check", "prepare 1", "check", "check", "prepare 2", "check"]);
  expect(prepared[0]).toEqual(new Uint8Array([0]));
});

test("says so where the object is another each time", async () => {
  const refused = decide("officer", { check: async () => steps.push("check") });
  await expect(refused).rejects.toMatchObject({ code: "Conflict" });
  expect(steps.filter((step) => step === "prepare")).toHaveLength(3);
});
