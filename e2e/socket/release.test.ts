// SPDX-License-Identifier: Apache-2.0
/** Release at the vault's socket: who gets what, under which policy, and what everybody else is told. */

import { createPublicKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { fromHex, verifyInclusion } from "@strongroom/core";
import { decodeProtectedHeader } from "jose";
import { accounts } from "./fixtures/names.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { openRelease } from "./fixtures/releasing.ts";
import { admitsSoftware, openShop, type Shop } from "./fixtures/shop.ts";
import { traceOf } from "./fixtures/stored.ts";

describe("a release", () => {
  let shop: Shop;
  let storeFile: string;

  beforeAll(async () => {
    shop = await openShop();
    storeFile = shop.installation.folders.storeFile;
  }, 60_000);
  afterAll(async () => {
    await shop[Symbol.asyncDispose]();
  });

  it("gives an authorised pod on an attested node the value, and proves that it was recorded", async () => {
    const { vault, pod, node, session, installation } = shop;
    await shop.open();
    const { result: answer, leaves, rows } = await traceOf(storeFile, () => shop.ask());
    const expected = { podUid: pod.uid, vaultUid: vault.uid, session };
    expect(await openRelease(installation, answer, expected)).toEqual({
      "db-password": "value of db-password",
    });
    const { head, proof, items } = answer.body;
    const [leaf] = leaves;
    expect([leaf?.log, leaf?.index]).toEqual([head.log, proof.index]);
    expect(leaf).toMatchObject({
      writes: [],
      event: {
        ...{ operationName: "SecretRelease", resultType: "Success" },
        identity: { podUid: pod.uid, nodeUid: node.nodeUid },
        properties: { releases: [{ object: "secrets/db-password", result: "granted" }] },
      },
    });
    expect(rows).toEqual([`spent pop/${vault.uid}/${answer.jti}`]);
    const claim = {
      ...{ index: proof.index, size: head.size, leaf: fromHex(proof.leafHash) },
      ...{ path: proof.path.map(fromHex), root: fromHex(head.root) },
    };
    expect(verifyInclusion(claim)).toBe(true);
    expect(verifyInclusion({ ...claim, index: claim.index - 1 })).toBe(false);
    expect(answer.text).not.toContain("value of");
    const { id } = (await shop.api("GET", "/secrets/db-password/versions")).body.value[0];
    expect(decodeProtectedHeader(items[0].jwe)).toMatchObject({
      ...{ alg: "ECDH-ES+A256KW", enc: "A256GCM", kid: session.keys.deriveKey.kid },
      ...{ "strongroom.id": id, "strongroom.jti": answer.jti, typ: "strongroom-secret+jwe" },
    });
  });

  it("is signed by a key that the published release root certified for a month at most", async () => {
    const answer = await shop.ask();
    const { x5c = [], typ } = decodeProtectedHeader(answer.body.release);
    const [leaf, root] = x5c.map((der) => new X509Certificate(Buffer.from(der, "base64")));
    const published = readFileSync(shop.installation.folders.releaseRootFile, "utf8");
    expect(typ).toBe("strongroom-release+jws");
    expect(root?.raw).toEqual(new X509Certificate(published).raw);
    expect(leaf?.verify(createPublicKey(published))).toBe(true);
    const days = (Number(leaf?.validToDate) - Number(leaf?.validFromDate)) / 86_400_000;
    expect(days).toBeLessThanOrEqual(30);
  });

  it("denies each object by itself, signed, with a class and no more", async () => {
    const { session, vault, pod, installation } = shop;
    const items = ["db-password", "db-ungoverned", "api-key", "db-unknown", "unknown"];
    const { result: answer, leaves } = await traceOf(storeFile, () => shop.ask({ items }));
    const expected = { podUid: pod.uid, vaultUid: vault.uid, session };
    expect(await openRelease(installation, answer, expected)).toEqual({
      "db-password": "value of db-password",
      "db-ungoverned": "denied PolicyDenied",
      "api-key": "denied Forbidden",
      "db-unknown": "denied NotFound",
      unknown: "denied Forbidden",
    });
    const releases = leaves[0]?.event.properties["releases"] as { reasons?: string[] }[];
    const reasons = releases.flatMap((each) => each.reasons ?? []);
    expect(reasons).toHaveLength(4);
    expect(reasons).toContain("no policy admits x-strongroom-class");
    const statement = Buffer.from(answer.body.release.split(".")[1], "base64url").toString();
    for (const reason of reasons) {
      expect(answer.text + statement).not.toContain(reason);
    }
  });

  it("denies an identity without a role, and a disabled version to one that has one", async () => {
    const { cluster } = shop.installation;
    const stranger = await cluster.makePod("node-1", accounts.stranger);
    const answer = await shop.ask({ podToken: await cluster.podToken(stranger) });
    const expected = { podUid: stranger.uid, vaultUid: shop.vault.uid, session: shop.session };
    expect(await openRelease(shop.installation, answer, expected)).toEqual({
      "db-password": "denied Forbidden",
    });
    const off = { value: "hidden", attributes: { enabled: false } };
    await shop.api("PUT", "/secrets/db-disabled", off);
    expect(await shop.open({ items: ["db-disabled"] })).toEqual({
      "db-disabled": "denied Disabled",
    });
  });

  it("follows the policy: another measurement, silence about the class, another authority", async () => {
    const pcr = "x-strongroom-tpm.pcrs.sha256.16";
    const measured = { claim: pcr, equals: "00".repeat(32) };
    const policies = {
      "db-measured": { conditions: [admitsSoftware, measured] },
      "db-other": { conditions: [admitsSoftware, { ...measured, equals: "11".repeat(32) }] },
      "db-silent": { conditions: [{ claim: "x-ms-attestation-type", equals: "tpm" }] },
      "db-foreign": { conditions: [admitsSoftware], authority: "https://maa.example" },
    };
    for (const [name, policy] of Object.entries(policies)) {
      await shop.putPolicy(name, [name], policy);
      await shop.setSecret(name, `value of ${name}`);
    }
    expect(await shop.open({ items: Object.keys(policies) })).toEqual({
      "db-measured": "value of db-measured",
      "db-other": "denied PolicyDenied",
      "db-silent": "denied PolicyDenied",
      "db-foreign": "denied PolicyDenied",
    });
    await shop.node.measure("something else was started");
    const session = await shop.node.attest();
    const { leaves, result } = await traceOf(storeFile, () =>
      shop.open({ items: ["db-measured"], session }),
    );
    expect(result).toEqual({ "db-measured": "denied PolicyDenied" });
    expect(JSON.stringify(leaves[0]?.event.properties)).toContain(`db-measured: ${pcr} equals`);
  });

  it("keeps what was governed governed: a deleted policy denies, and allows again when it is back", async () => {
    const policy = { conditions: [admitsSoftware] };
    const items = ["db-sticky"];
    await shop.putPolicy("sticky", items, policy);
    await shop.setSecret("db-sticky", "sticky");
    expect(await shop.open({ items })).toEqual({ "db-sticky": "sticky" });
    await shop.deletePolicy("sticky");
    expect(await shop.open({ items })).toEqual({ "db-sticky": "denied PolicyDenied" });
    await shop.setSecret("db-sticky", "a later version");
    await expectRefused(storeFile, () => shop.api("GET", "/secrets/db-sticky"), {
      ...{ code: "ReleaseRequired", operation: "SecretGet" },
    });
    await shop.putPolicy("sticky", items, policy);
    expect(await shop.open({ items })).toEqual({ "db-sticky": "a later version" });
  });

  it("asks every policy that governs an object, also one that came after the object", async () => {
    const items = ["db-twice"];
    await shop.setSecret("db-twice", "twice");
    await shop.putPolicy("first", ["db-twi*"], { conditions: [admitsSoftware] });
    expect(await shop.open({ items })).toEqual({ "db-twice": "twice" });
    const never = [admitsSoftware, { claim: "x-strongroom-tier", equals: "tee" }];
    await shop.putPolicy("second", items, { conditions: never });
    expect(await shop.open({ items })).toEqual({ "db-twice": "denied PolicyDenied" });
  });

  it("lets nobody change a policy that is immutable, not by deleting it either", async () => {
    const policy = { conditions: [admitsSoftware], immutable: true };
    const weaker = { conditions: [{ claim: "x-strongroom-class", exists: true }] };
    const change = () => shop.putPolicy("fixed", ["db-fixed"], weaker);
    await shop.putPolicy("fixed", ["db-fixed"], policy);
    const { rows } = await traceOf(storeFile, () =>
      expect(change()).rejects.toMatchObject({ code: "PolicyImmutable" }),
    );
    expect(rows).toEqual([]);
    await shop.deletePolicy("fixed");
    await expect(change()).rejects.toMatchObject({ code: "PolicyImmutable" });
    await shop.putPolicy("fixed", ["db-fixed"], { ...policy, immutable: false });
    await expect(change()).rejects.toMatchObject({ code: "PolicyImmutable" });
  });

  it("is the only way to what a policy governs, and where the vault says so to everything", async () => {
    const plain = (name: string) => () => shop.api("GET", `/secrets/${name}`);
    const required = { code: "ReleaseRequired", operation: "SecretGet" } as const;
    const answer = await expectRefused(storeFile, plain("db-password"), required);
    expect(answer.text).not.toContain("value of");
    expect((await plain("api-key")()).body.value).toBe("value of api-key");
    await shop.putVault({ spec: { release: "Required" } });
    await expectRefused(storeFile, plain("api-key"), required);
    const items = ["db-ungoverned"];
    const { result, leaves } = await traceOf(storeFile, () => shop.open({ items }));
    expect(result).toEqual({ "db-ungoverned": "denied PolicyDenied" });
    expect(JSON.stringify(leaves)).toContain("the vault requires one");
    await shop.putVault({});
  });
});
