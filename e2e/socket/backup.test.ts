// SPDX-License-Identifier: Apache-2.0
/** Backups where they must not go, and bodies that are larger than any other route takes. */

import { once } from "node:events";
import { request } from "node:https";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Answer } from "./fixtures/exchange.ts";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { hostOf } from "./fixtures/names.ts";
import { expectRefused } from "./fixtures/refusal.ts";

const query = "?api-version=7.5";

describe("a backup", () => {
  const installations: Installation[] = [];
  let here: Installation;
  let elsewhere: Installation;
  let uid = "";

  beforeAll(async () => {
    [here, elsewhere] = await Promise.all([start(), start()]);
    uid = (await putVault(here, "first")).uid;
    await putVault(here, "second");
    await putVault(here, "careful", { release: "Required" });
    await putVault(elsewhere, "first");
  }, 60_000);
  afterAll(async () => {
    for (const installation of installations) {
      await installation[Symbol.asyncDispose]();
    }
  });

  async function start(): Promise<Installation> {
    const installation = await startInstallation();
    installations.push(installation);
    return installation;
  }
  const putVault = (installation: Installation, name: string, spec = {}) => {
    const oidc = (subject: string) => ({ oidc: { issuer: installation.oidc.issuer, subject } });
    const administrators = { role: "Key Vault Administrator" as const, scope: "*" };
    const readers = { role: "Key Vault Reader" as const, scope: "*" };
    const roleAssignments = [
      { ...administrators, principals: [oidc("officer")] },
      { ...readers, principals: [oidc("reader")] },
    ];
    return installation.putVault({ name, spec: { ...spec, roleAssignments } });
  };
  const call = async (
    to: { installation?: Installation; vault?: string; subject?: string },
    [method, path, body]: [string, string, (object | string)?],
  ): Promise<Answer> => {
    const { installation = here, vault = "first", subject = "officer" } = to;
    const token = await installation.oidc.token(subject);
    const serverName = hostOf(vault);
    return await installation.send({ serverName, method, path: `${path}${query}`, token, body });
  };
  const backUp = async (name: string, vault = "first"): Promise<{ value: string }> => {
    await call({ vault }, ["PUT", `/secrets/${name}`, { value: `value of ${name}` }]);
    return (await call({ vault }, ["POST", `/secrets/${name}/backup`])).body;
  };
  const govern = (name: string) =>
    here.manage((client) =>
      client.putPolicy(uid, name, {
        ...{ epoch: 0, generation: 1, owner: { uid: "o" }, immutable: false },
        selector: { kinds: ["secrets"], names: [name] },
        policy: {
          version: "1.0.0",
          anyOf: [{ authority: "https://a.example", allOf: [{ claim: "c", equals: "d" }] }],
        },
      }),
    );

  it("is refused by another security domain, and taken by another vault of its own", async () => {
    const backup = await backUp("travels");
    const restore: [string, string, object] = ["POST", "/secrets/restore", backup];
    await expectRefused(
      elsewhere.folders.storeFile,
      () => call({ installation: elsewhere }, restore),
      { code: "BadParameter", operation: "SecretRestore" },
    );
    expect((await call({ vault: "second" }, restore)).status).toBe(200);
    const read = await call({ vault: "second" }, ["GET", "/secrets/travels"]);
    expect(read.body.value).toBe("value of travels");
  });

  it("of a governed object goes back into its own vault alone, and is governed there", async () => {
    await govern("governed");
    const backup = await backUp("governed");
    const restore: [string, string, object] = ["POST", "/secrets/restore", backup];
    await expectRefused(here.folders.storeFile, () => call({ vault: "second" }, restore), {
      ...{ code: "Forbidden", operation: "SecretRestore", properties: { from: uid } },
    });
    await call({}, ["DELETE", "/secrets/governed"]);
    await call({}, ["DELETE", "/deletedsecrets/governed"]);
    expect((await call({}, restore)).status).toBe(200);
    const read = await call({}, ["GET", "/secrets/governed"]);
    expect(read.body.error.innererror.code).toBe("ReleaseRequired");
  });

  it("made before its object was governed brings no ungoverned object back", async () => {
    const backup = await backUp("later");
    await govern("later");
    await call({}, ["DELETE", "/secrets/later"]);
    await call({}, ["DELETE", "/deletedsecrets/later"]);
    await here.manage((client) =>
      client.deletePolicy(uid, "later", { epoch: 0, generation: 1, owner: { uid: "o" } }),
    );
    expect((await call({}, ["POST", "/secrets/restore", backup])).status).toBe(200);
    const read = await call({}, ["GET", "/secrets/later"]);
    expect(read.body.error.innererror.code).toBe("ReleaseRequired");
  });

  it("of a vault that requires release does not go where none is required", async () => {
    const backup = await backUp("careful", "careful");
    await expectRefused(
      here.folders.storeFile,
      () => call({ vault: "second" }, ["POST", "/secrets/restore", backup]),
      { code: "Forbidden", operation: "SecretRestore" },
    );
  });

  it("is read only of a caller who may restore, and no more is read on other routes than before", async () => {
    expect(await answerToHeaders("POST", "/secrets/restore", undefined)).toBe(401);
    expect(await answerToHeaders("POST", "/secrets/restore", "reader")).toBe(403);
    expect(await answerToHeaders("PUT", "/secrets/large", "officer")).toBe(413);
    const large = { value: "A".repeat(20_000_000) };
    const answer = await call({}, ["POST", "/secrets/restore", large]);
    expect([answer.status, answer.body.error.code]).toEqual([400, "BadParameter"]);
  });

  /** Status that comes back when 20 MB are announced and nothing of them is sent. */
  const answerToHeaders = async (method: string, path: string, subject: string | undefined) => {
    const token = subject === undefined ? undefined : await here.oidc.token(subject);
    const sent = request({
      ...{ host: "127.0.0.1", port: here.vault.port, ca: here.ca(), method, path: path + query },
      servername: hostOf("first"),
      headers: {
        ...{ host: hostOf("first"), "content-type": "application/json" },
        "content-length": "20000000",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    });
    sent.on("error", () => undefined);
    sent.flushHeaders();
    const [response] = await once(sent, "response");
    sent.destroy();
    return response.statusCode as number;
  };

  it("waits while two others are restored", async () => {
    const backup = await backUp("waits");
    const busy = await Promise.all([announce(), announce()]);
    const restore: [string, string, object] = ["POST", "/secrets/restore", backup];
    const answer = await call({ vault: "second" }, restore);
    expect([answer.status, answer.headers["retry-after"]]).toEqual([429, "1"]);
    for (const socket of busy) {
      socket.destroy();
    }
    const statusOf = async () => (await call({ vault: "second" }, restore)).status;
    let status = await statusOf();
    for (let i = 0; i < 50 && status === 429; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      status = await statusOf();
    }
    expect(status).toBe(200);
  });

  /** A restore whose body never comes; resolves when the vault has surely seen its headers. */
  const announce = async () => {
    const headers = `POST /secrets/restore${query} HTTP/1.1\r\nHost: ${hostOf("first")}\r\nAuthorization: Bearer ${await here.oidc.token("officer")}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n`;
    const socket = connect({
      ...{ host: "127.0.0.1", port: here.vault.port, ca: here.ca(), servername: hostOf("first") },
    });
    await once(socket, "secureConnect");
    socket.on("error", () => undefined);
    socket.write(headers);
    await once(socket, "data");
    return socket;
  };
});
