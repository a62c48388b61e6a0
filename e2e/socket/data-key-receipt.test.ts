// SPDX-License-Identifier: Apache-2.0
/** The receipt of a data key that was unwrapped for an attested environment, made again from the audit log. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { routes } from "@strongroom/api";
import {
  payloadOf,
  policyFor,
  type ReleasingVault,
  startReleasingVault,
} from "./fixtures/releasing-vault.ts";
import { traceOf } from "./fixtures/stored.ts";

describe("the receipt of a data key", () => {
  let vault: ReleasingVault;
  beforeAll(async () => {
    vault = await startReleasingVault();
  }, 90_000);
  afterAll(async () => {
    await vault[Symbol.asyncDispose]();
  });

  it("is there where it was unwrapped, and not where it could not be", async () => {
    const data = Buffer.from(JSON.stringify(policyFor({ claim: "x-ms-ver", equals: "1.0" })));
    await vault.call("POST", "/keys/archive/create", {
      ...{ kty: "RSA", key_ops: ["secureWrapKey", "secureUnwrapKey"] },
      release_policy: { data: data.toString("base64url") },
    });
    const alg = "RSA-OAEP-256";
    const { value } = (await vault.call("POST", "/keys/archive/securewrapkey", { alg })).body;
    const unwrap = async (wrapped: string) => {
      const target = await vault.maa.token();
      const { result, leaves } = await traceOf(vault.installation.folders.storeFile, () =>
        vault.call("POST", "/keys/archive/secureunwrapkey", { alg, value: wrapped, target }),
      );
      const [first] = leaves;
      const path = { log: first?.log ?? "", index: String(first?.index), kind: "keys" };
      const made = await vault.call("GET", routes.receipt({ ...path, name: "archive" }));
      return { leaves, statuses: [result.status, made.status], receipt: made.body.receipt };
    };
    const good = await unwrap(value);
    expect(good.statuses).toEqual([200, 200]);
    const { unwrapped, operation } = payloadOf(good.receipt);
    expect(operation).toBe("KeySecureUnwrap");
    expect(unwrapped).toBe(good.leaves[0]?.event.properties["unwrapped"]);
    const bad = await unwrap(Buffer.alloc(256, 1).toString("base64url"));
    expect(bad.leaves.map(({ event }) => event.resultType)).toEqual(["Success", "Failure"]);
    expect(bad.statuses).toEqual([400, 404]);
  });
});
