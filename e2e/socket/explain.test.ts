// SPDX-License-Identifier: Apache-2.0
/** What a vault says of a release that it would decide: the same as it decides, which claim refuses, and nothing that is released. */

import { describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import {
  charterRoles,
  makeSigner,
  ownPolicy,
  signersOf,
  signStatement,
} from "./fixtures/charter.ts";
import { app, secret, useExplaining } from "./fixtures/explaining.ts";
import { issuer } from "./fixtures/names.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { traceOf } from "./fixtures/stored.ts";

describe("an explanation of a release", () => {
  const { ask, classesOf, shop } = useExplaining();
  const names = ["db-password", "db-ungoverned", "db-strict", "api-key", "db-none"];

  it("is what the vault then decides, for each object", async () => {
    const { status, body } = await ask();
    expect(status).toBe(200);
    const released = await shop().open({ items: names });
    const decided = Object.entries(released).map(([name, value]) => [
      name,
      value.startsWith("denied ") ? value.slice("denied ".length) : "granted",
    ]);
    expect(classesOf(body.items)).toEqual(Object.fromEntries(decided));
    expect(classesOf(body.items)).toEqual({
      ...{ "db-password": "granted", "db-ungoverned": "PolicyDenied", "db-strict": "PolicyDenied" },
      ...{ "api-key": "Forbidden", "db-none": "NotFound" },
    });
  });

  it("names the claim that refuses, what was asked and what was found", async () => {
    const { body } = await ask({ items: [secret("db-strict")] });
    expect(body.node).toMatchObject({ name: "node-1", kind: "Tpm", lastVerdict: "Attested" });
    expect(body.node.expires - body.node.attested).toBe(900);
    const refusing = { claim: "x-strongroom-tier", operator: "equals", value: "tee", found: "tpm" };
    expect(body.items).toMatchObject([
      {
        reasons: ['strict: x-strongroom-tier equals "tee"'],
        policies: [
          {
            ...{ name: "strict", allowed: false },
            authorities: [
              {
                ...{ authority: issuer, issued: true },
                reason: { reasons: [{ met: true }, { met: false, ...refusing }] },
              },
            ],
          },
        ],
      },
    ]);
  });

  it("looks at no roles without an account, and gives an account that it does not know nothing", async () => {
    const { body } = await ask({ serviceAccount: undefined });
    expect(classesOf(body.items)).toMatchObject({
      "db-password": "granted",
      "api-key": "PolicyDenied",
    });
    for (const account of [
      { ...app, namespace: "elsewhere" },
      { ...app, name: "other" },
    ]) {
      const other = await ask({ serviceAccount: account, items: [secret("db-password")] });
      expect(classesOf(other.body.items)).toEqual({ "db-password": "Forbidden" });
    }
  });

  it("has a leaf, writes nothing, and has no value in it", async () => {
    const { result, leaves, rows } = await traceOf(shop().installation.folders.storeFile, () =>
      ask(),
    );
    expect(result.text).not.toContain("value of");
    expect(rows).toEqual([]);
    expect(leaves.map(({ event, writes }) => ({ ...event, writes }))).toMatchObject([
      {
        ...{ operationName: "ReleaseExplain", resultType: "Success", writes: [] },
        properties: {
          ...{
            node: "node-1",
            serviceAccount: app,
            objects: names.map((name) => `secrets/${name}`),
          },
          results: ["granted", "denied", "denied", "denied", "denied"],
        },
      },
    ]);
  });

  it("is for who reads every object's metadata, and of a node that has attested", async () => {
    const { storeFile } = shop().installation.folders;
    await expectRefused(storeFile, () => ask({}, "nobody"), {
      ...{ code: "Forbidden", operation: "ReleaseExplain" },
    });
    await expectRefused(storeFile, () => ask({ node: "node-2" }), {
      ...{ code: "NotFound", operation: "ReleaseExplain" },
    });
  });

  it("is bounded, whatever the policies are: what is left out is said to be", async () => {
    const condition = { claim: "a", equals: "x".repeat(4_000) };
    for (let index = 0; index < 20; index += 1) {
      await shop().putPolicy(`large-${index}`, ["db-large"], {
        conditions: Array(14).fill(condition),
      });
    }
    await shop().setSecret("db-large", "value");
    const { body, text } = await ask({ items: [secret("db-large"), secret("db-password")] });
    expect([body.truncated, text.length < 1_200_000]).toEqual([true, true]);
    expect(classesOf(body.items)).toEqual({
      ...{ "db-large": "PolicyDenied", "db-password": "granted" },
    });
    expect((await ask({ items: [secret("db-password")] })).body.truncated).toBe(false);
  });

  it("names the charter, where the vault has one and that refuses", async () => {
    const signer = makeSigner();
    const elsewhere = { claim: "x-strongroom-node-name", equals: "node-9" };
    const content = {
      ...{ version: 1, vault: shop().vault.uid, serial: 1, onExpiry: "hold" },
      ...{ expires: Math.floor(Date.now() / 1000) + 86_400, signers: signersOf(1, [signer]) },
      authorities: [
        {
          ...{ name: "machines", issuer, classes: ["software"] },
          roots: [String(decodeJwt(shop().session.token)["x-strongroom-root"])],
        },
      ],
      policies: [
        {
          ...{ name: "signed", selector: { kinds: ["secrets"], names: ["db-*"] } },
          policy: ownPolicy(elsewhere),
        },
      ],
      roles: charterRoles(shop().installation.oidc),
    };
    await shop().putVault({ spec: { charter: signStatement(content, [signer]) } });
    const { body } = await ask({ items: [secret("db-password")] });
    const [item] = body.items;
    expect(item).toMatchObject({ result: "denied", class: "PolicyDenied" });
    expect(item.policies).toEqual([
      { name: "charter", allowed: false, reasons: item.reasons },
      expect.objectContaining({ name: "local", allowed: true }),
    ]);
    expect(item.reasons.join()).toContain("x-strongroom-node-name");
  });
});
