// SPDX-License-Identifier: Apache-2.0
/** A charter in a SecretVault: from the API server by the operator into the vault, and its state back. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Statement } from "@strongroom/api";
import { makeSigner, signersOf, signStatement } from "./fixtures/charter.ts";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { issuer } from "./fixtures/names.ts";
import { type Operator, startOperator } from "./fixtures/operator-process.ts";

const inDays = (days: number) => Math.floor(Date.now() / 1_000) + days * 86_400;

describe("a SecretVault's charter", () => {
  const signer = makeSigner();
  let installation: Installation;
  let operator: Operator;
  let uid: string;

  beforeAll(async () => {
    installation = await startInstallation({ cluster: true });
    operator = await startOperator(installation);
    await operator.apply("SecretVault", "shop", {});
    await operator.becomes("secretvaults", "shop", "Synced");
    uid = (await vault()).status.uid;
  }, 240_000);
  afterAll(async () => {
    await operator?.[Symbol.asyncDispose]();
    await installation[Symbol.asyncDispose]();
  });

  const vault = async () => await operator.get("secretvaults", "shop");
  const charter = (serial: number, days: number): Statement =>
    signStatement(
      {
        ...{ version: 1, vault: uid, serial, expires: inDays(days), onExpiry: "deny" },
        signers: signersOf(1, [signer]),
        authorities: [{ name: "a", issuer, roots: ["ab".repeat(32)], classes: ["hardware"] }],
        ...{ policies: [], roles: [] },
      },
      [signer],
    );
  const change = async (spec: object, reason: string) => {
    await operator.change("secretvaults", "shop", spec);
    await operator.becomes("secretvaults", "shop", reason);
  };
  const lasts = async () => {
    const { conditions } = (await vault()).status;
    return conditions.find(({ type }: { readonly type: string }) => type === "CharterLasts")
      ?.reason;
  };

  it("is taken, and shown in the status", async () => {
    await change({ charter: charter(1, 90) }, "Synced");
    expect((await vault()).status.charter).toMatchObject({
      ...{ serial: 1, onExpiry: "deny", threshold: 1, signers: [expect.any(String)] },
      warnings: [expect.stringContaining("one signer alone"), expect.any(String)],
    });
    expect(await lasts()).toBeUndefined();
  }, 60_000);

  it("that the vault does not take makes the resource not ready, and the one before stays", async () => {
    await change({ charter: { ...charter(2, 90), signatures: [] } }, "CharterRefused");
    await change({ charter: charter(1, 91) }, "CharterRefused");
    expect((await vault()).status.charter).toMatchObject({ serial: 1 });
  }, 60_000);

  it("is announced to end, and stays when the resource has none", async () => {
    await change({ charter: charter(2, 10) }, "Synced");
    expect(await lasts()).toBe("CharterExpires");
    await change({ charter: null }, "Synced");
    expect((await vault()).status.charter).toMatchObject({ serial: 2 });
  }, 60_000);
});
