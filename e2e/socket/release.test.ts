// SPDX-License-Identifier: Apache-2.0
/** Release at the vault's socket: who gets what, on which node, under which policy; and what everybody else is told. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createVaultClient } from "@strongroom/client";
import { fromHex, headDigest, verifyInclusion } from "@strongroom/core";
import type { Session } from "../../csi-driver/src/attestation/attest.ts";
import type { Pod } from "./fixtures/cluster.ts";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { type Machine, makeMachine } from "./fixtures/machine.ts";
import { accounts, hostOf, issuer } from "./fixtures/names.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { askRelease, openRelease, type ReleaseAttempt } from "./fixtures/releasing.ts";
import { readStored } from "./fixtures/stored.ts";

const admitsSoftware = [{ claim: "x-strongroom-class", equals: "software" }];

describe("a release", () => {
  let installation: Installation;
  let node: Machine;
  let session: Session;
  let pod: Pod;
  let podToken: string;
  let storeFile: string;
  const vault = { name: "shop", uid: "" };
  const call = { epoch: 0, generation: 1, owner: { uid: "policy-owner" } };

  beforeAll(async () => {
    installation = await startInstallation({ cluster: true, tpms: 1 });
    storeFile = installation.folders.storeFile;
    node = await makeMachine(installation, "node-1", installation.tpms[0] as never);
    const app = [{ serviceAccount: { name: accounts.app.name } }];
    const officer = [{ oidc: { issuer: installation.oidc.issuer, subject: "officer" } }];
    const { uid } = await installation.putVault({
      name: vault.name,
      spec: {
        roleAssignments: [
          { role: "Key Vault Secrets User", scope: "secrets/db-*", principals: app },
          { role: "Key Vault Administrator", scope: "*", principals: officer },
        ],
      },
    });
    vault.uid = uid;
    await putPolicy("local", ["db-password"], admitsSoftware);
    for (const name of ["db-password", "db-ungoverned", "api-key"]) {
      await setSecret(name, `value of ${name}`);
    }
    pod = await installation.cluster.makePod("node-1", accounts.app);
    podToken = await installation.cluster.podToken(pod);
    session = await node.attest();
  }, 60_000);
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  const putPolicy = (name: string, names: string[], conditions: object[], immutable = false) =>
    installation.manage((client) =>
      client.putPolicy(vault.uid, name, {
        ...call,
        selector: { kinds: ["secrets"], names },
        immutable,
        policy: { version: "1.0.0", anyOf: [{ authority: issuer, allOf: conditions }] },
      }),
    );
  const api = async (method: string, path: string, body?: object) =>
    await installation.send({
      ...{ serverName: hostOf(vault.name), method, path: `${path}?api-version=7.5`, body },
      token: await installation.oidc.token("officer"),
    });
  const setSecret = async (name: string, value: string) =>
    expect((await api("PUT", `/secrets/${name}`, { value })).status).toBe(200);
  const ask = (change: Partial<ReleaseAttempt> = {}) =>
    askRelease(installation, { vault, session, podToken, items: ["db-password"], ...change });
  const open = async (change: Partial<ReleaseAttempt> = {}) =>
    await openRelease(installation, await ask(change), {
      podUid: pod.uid,
      vaultUid: vault.uid,
      session,
    });
  const refused = async (change: Partial<ReleaseAttempt>, expected: object) =>
    await expectRefused(storeFile, () => ask(change), {
      operation: "SecretRelease",
      ...expected,
    } as never);

  it("gives an authorised pod on an attested node the value, and everybody the proof that it was recorded", async () => {
    const answer = await ask();
    const values = await openRelease(installation, answer, {
      podUid: pod.uid,
      vaultUid: vault.uid,
      session,
    });
    expect(values).toEqual({ "db-password": "value of db-password" });
    const { head, proof } = answer.body;
    const leaf = readStored(storeFile).leaves.find(
      (each) => each.log === head.log && each.index === proof.index,
    );
    expect(leaf?.event).toMatchObject({
      operationName: "SecretRelease",
      resultType: "Success",
      identity: { podUid: pod.uid, nodeUid: node.nodeUid },
      properties: { releases: [{ object: "secrets/db-password", result: "granted" }] },
    });
    const path = proof.path.map(fromHex);
    const claim = {
      index: proof.index,
      size: head.size,
      leaf: fromHex(proof.leafHash),
      path,
      root: fromHex(head.root),
    };
    expect(verifyInclusion(claim)).toBe(true);
    expect(headDigest(head)).toHaveLength(32);
    expect(answer.text).not.toContain("value of");
  });

  it("denies each object by itself, signed, with a class and no more", async () => {
    const answer = await ask({
      items: ["db-password", "db-ungoverned", "api-key", "db-unknown", "unknown"],
    });
    expect(
      await openRelease(installation, answer, { podUid: pod.uid, vaultUid: vault.uid, session }),
    ).toEqual({
      "db-password": "value of db-password",
      "db-ungoverned": "denied PolicyDenied",
      "api-key": "denied Forbidden",
      "db-unknown": "denied NotFound",
      unknown: "denied Forbidden",
    });
    const [leaf] = readStored(storeFile).leaves.slice(-1);
    expect(JSON.stringify(leaf?.event.properties)).toContain("no policy admits class software");
    expect(answer.text).not.toContain("no policy admits");
  });

  it("denies an identity without a role", async () => {
    const stranger = await installation.cluster.makePod("node-1", accounts.stranger);
    const answer = await ask({ podToken: await installation.cluster.podToken(stranger) });
    const expected = { podUid: stranger.uid, vaultUid: vault.uid, session };
    expect(await openRelease(installation, answer, expected)).toEqual({
      "db-password": "denied Forbidden",
    });
  });

  it("follows the policy: wrong measurement, silent about the class, another authority", async () => {
    const pcr = { claim: "x-strongroom-tpm.pcrs.sha256.16", equals: "00".repeat(32) };
    for (const [name, conditions, expected] of [
      ["db-measured", [...admitsSoftware, pcr], "value of db-measured"],
      [
        "db-other-measurement",
        [...admitsSoftware, { ...pcr, equals: "11".repeat(32) }],
        "denied PolicyDenied",
      ],
      ["db-silent", [{ claim: "x-ms-attestation-type", equals: "tpm" }], "denied PolicyDenied"],
    ] as const) {
      await putPolicy(name, [name], [...conditions]);
      await setSecret(name, `value of ${name}`);
      expect(await open({ items: [name] })).toEqual({ [name]: expected });
    }
  });

  it("keeps what was governed governed: a deleted policy denies, and allows again when it is back", async () => {
    await putPolicy("sticky", ["db-sticky"], admitsSoftware);
    await setSecret("db-sticky", "sticky");
    expect(await open({ items: ["db-sticky"] })).toEqual({ "db-sticky": "sticky" });
    await installation.manage((client) => client.deletePolicy(vault.uid, "sticky", call));
    expect(await open({ items: ["db-sticky"] })).toEqual({ "db-sticky": "denied PolicyDenied" });
    await setSecret("db-sticky", "a later version");
    expect((await api("GET", "/secrets/db-sticky")).status).toBe(403);
    await putPolicy("sticky", ["db-sticky"], admitsSoftware);
    expect(await open({ items: ["db-sticky"] })).toEqual({ "db-sticky": "a later version" });
  });

  it("lets nobody change a policy that is immutable, not by deleting it either", async () => {
    await putPolicy("fixed", ["db-fixed"], admitsSoftware, true);
    const change = () => putPolicy("fixed", ["db-fixed"], [{ claim: "a", exists: false }]);
    await expect(change()).rejects.toMatchObject({ code: "PolicyImmutable" });
    await installation.manage((client) => client.deletePolicy(vault.uid, "fixed", call));
    await expect(change()).rejects.toMatchObject({ code: "PolicyImmutable" });
    await putPolicy("fixed", ["db-fixed"], admitsSoftware, false);
  });

  it("is the only way to what a policy governs", async () => {
    const answer = await expectRefused(storeFile, () => api("GET", "/secrets/db-password"), {
      code: "ReleaseRequired",
      operation: "SecretGet",
    });
    expect(answer.text).not.toContain("value of");
  });

  it("takes no token of a pod on another node, and none that is bound to no pod", async () => {
    await installation.cluster.makeNode("node-2");
    const elsewhere = await installation.cluster.makePod("node-2", accounts.app);
    await refused(
      { podToken: await installation.cluster.podToken(elsewhere) },
      { code: "NodeMismatch" },
    );
    await refused(
      { podToken: await installation.cluster.accountToken(accounts.app) },
      { code: "NodeMismatch" },
    );
  });

  it("takes no attestation token but its own, whole", async () => {
    const [header, payload, signature] = session.token.split(".");
    const forged = Buffer.from(
      JSON.stringify({
        ...JSON.parse(Buffer.from(payload ?? "", "base64url").toString()),
        "x-strongroom-class": "hardware",
      }),
    );
    await refused(
      { target: `${header}.${forged.toString("base64url")}.${signature}` },
      { code: "TargetInvalid" },
    );
    const none = Buffer.from(JSON.stringify({ alg: "none", typ: "JWT" })).toString("base64url");
    await refused({ target: `${none}.${payload}.` }, { code: "TargetInvalid" });
    await refused({ target: podToken }, { code: "TargetInvalid" });
  });

  it("takes no proof that is missing, for something else, or used before", async () => {
    await refused({ change: () => ({ proof: undefined }) }, { code: "ProofInvalid" });
    await refused(
      { change: ({ body }) => ({ body: body.replace("db-password", "db-ungoverned") }) },
      { code: "ProofInvalid" },
    );
    await refused({ proven: { vaultUid: "another-vault" } }, { code: "ProofInvalid" });
    await refused({ proven: { at: new Date(Date.now() - 120_000) } }, { code: "ProofInvalid" });
    const other = await node.attest();
    await refused({ session: { ...session, keys: other.keys } }, { code: "ProofInvalid" });
    const jti = "0123456789abcdef-once";
    expect(await open({ proven: { jti } })).toEqual({ "db-password": "value of db-password" });
    await refused({ proven: { jti } }, { code: "ProofReplayed" });
  });

  it("goes to the vault that was asked, and no other answers", async () => {
    const hostless = {
      serverName: hostOf(vault.name),
      host: hostOf("other"),
      method: "GET",
      path: "/secrets?api-version=7.5",
    };
    const misdirected = await installation.send({ ...hostless, token: podToken });
    expect([misdirected.status, misdirected.body.error.innererror.code]).toEqual([
      421,
      "Misdirected",
    ]);
    const unknown = { ...hostless, serverName: hostOf("unknown"), host: hostOf("unknown") };
    await expect(installation.send({ ...unknown, token: podToken })).rejects.toThrow();
  });

  it("works right after the vault was killed, and after it was stopped", async () => {
    for (const signal of ["SIGKILL", "SIGTERM"] as const) {
      await installation.vault.stop(signal);
      await installation.vault.start();
      expect(await open()).toEqual({ "db-password": "value of db-password" });
    }
  });
});

describe("management of vaults", () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await startInstallation({ cluster: true });
  }, 60_000);
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  const written = () => readStored(installation.folders.storeFile).rows.size;

  it("is the operator's alone", async () => {
    const token = await installation.cluster.accountToken(accounts.app);
    using client = createVaultClient({
      dial: { host: "127.0.0.1", port: installation.vault.port },
      serverName: "strongroom.strongroom-system.svc",
      ca: installation.ca,
      token: async () => token,
    });
    await expect(client.manage.vaultStatus("any")).rejects.toMatchObject({ code: "Forbidden" });
  });

  it("writes nothing the second time", async () => {
    const { uid } = await installation.putVault({ name: "same" });
    const before = written();
    expect(await installation.putVault({ name: "same", uid })).toMatchObject({ created: false });
    expect(written()).toBe(before);
  });

  it("refuses an operator whose time is over, also after a restart", async () => {
    await installation.putVault({ name: "epochs", epoch: 7 });
    await installation.vault.stop("SIGKILL");
    await installation.vault.start();
    await expect(installation.putVault({ name: "late", epoch: 6 })).rejects.toMatchObject({
      code: "StaleEpoch",
    });
    await installation.putVault({ name: "now", epoch: 7 });
  });

  it("gives a host to one vault only, and none that the cluster names", async () => {
    const hosts = (...names: string[]) => ({ spec: { address: { hosts: names } }, epoch: 7 });
    await installation.putVault({ name: "one", ...hosts("one.example") });
    await expect(
      installation.putVault({ name: "two", ...hosts("one.example") }),
    ).rejects.toMatchObject({ code: "AddressConflict" });
    await expect(
      installation.putVault({ name: "two", ...hosts("kubernetes.default.svc") }),
    ).rejects.toMatchObject({ code: "BadParameter" });
    await expect(installation.putVault({ name: "one", epoch: 7 })).rejects.toMatchObject({
      code: "AddressConflict",
    });
  });

  it("makes a secret once, and leaves alone what somebody else made", async () => {
    const { uid } = await installation.putVault({ name: "made", epoch: 7 });
    const put = (owner: string) =>
      installation.manage((client) =>
        client.putSecret(uid, "generated", {
          ...{ epoch: 7, generation: 1, owner: { uid: owner } },
          generate: { length: 32, encoding: "alphanumeric" },
        }),
      );
    const first = await put("owner-1");
    expect(first.created).toBe(true);
    expect(await put("owner-1")).toEqual({ ...first, created: false });
    await expect(put("owner-2")).rejects.toMatchObject({ code: "NameInUse" });
  });

  it("forgets the host of a deleted vault, and never gives its uid to another", async () => {
    const { uid } = await installation.putVault({ name: "gone", epoch: 7 });
    const call = { epoch: 7, generation: 1, owner: { uid } };
    expect(await installation.manage((client) => client.deleteVault(uid, call))).toEqual({
      deleted: true,
    });
    const get = { serverName: hostOf("gone"), method: "GET", path: "/secrets?api-version=7.5" };
    await expect(installation.send(get)).rejects.toThrow();
    await expect(installation.putVault({ name: "gone", uid, epoch: 7 })).rejects.toMatchObject({
      code: "ObjectIsDeletedButRecoverable",
    });
  });

  it("says what is wrong with a policy", async () => {
    const { uid } = await installation.putVault({ name: "grammar", epoch: 7 });
    const put = () =>
      installation.manage((client) =>
        client.putPolicy(uid, "bad", {
          ...{ epoch: 7, generation: 1, owner: { uid: "o" }, immutable: false },
          selector: { kinds: ["secrets"], names: ["*"] },
          policy: { anyOf: [{ authority: issuer, allOf: [{ claim: "c", matches: ".*" }] }] },
        }),
      );
    await expect(put()).rejects.toMatchObject({
      code: "BadParameter",
      message: expect.stringContaining("anyOf"),
    });
  });
});
