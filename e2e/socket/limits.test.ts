// SPDX-License-Identifier: Apache-2.0
/** What strangers, and those who ask for too much, get of the server: nothing, soon, and without harm to others. */

import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { SecretClient } from "@azure/keyvault-secrets";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { hostOf, installationHost } from "./fixtures/names.ts";
import { registeredRoutes } from "./fixtures/registered-routes.ts";
import { traceOf } from "./fixtures/stored.ts";

/** Routes that anybody may read: what verifiers of attestation tokens need. */
const publicRoutes = ["/.well-known/openid-configuration", "/certs"];
const burst = 20;
const vaultHost = hostOf("limits");

describe("the server", () => {
  let installation: Installation;
  let uid: string;

  beforeAll(async () => {
    installation = await startInstallation({ limits: { requestsPerSecond: 5, burst } });
    const principals = ["officer", "greedy", "patient"].map((subject) => ({
      oidc: { issuer: installation.oidc.issuer, subject },
    }));
    ({ uid } = await installation.putVault({
      name: "limits",
      spec: {
        address: { hosts: ["localhost"] },
        roleAssignments: [{ role: "Key Vault Administrator", scope: "*", principals }],
      },
    }));
  });
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  const send = async (subject: string, method: string, path: string, body?: object | string) =>
    await installation.send({
      ...{ serverName: vaultHost, method, path: `${path}?api-version=7.5`, body },
      token: await installation.oidc.token(subject),
    });

  it("has no route, but two that are public, that does anything for who is nobody", async () => {
    const routes = await registeredRoutes();
    expect(routes.length).toBeGreaterThan(80);
    const expired = await installation.oidc.token("officer", { expiresIn: -1 });
    const attempts = routes.flatMap(({ method, path }) =>
      [vaultHost, installationHost].flatMap((serverName) =>
        [undefined, expired].map((token) => ({ method, path, serverName, token })),
      ),
    );
    const odd: string[] = [];
    const { leaves, rows } = await traceOf(installation.folders.storeFile, async () => {
      for (const { path, ...attempt } of attempts) {
        const target = path.replace("/:uid", `/${uid}`).replaceAll(/:[a-z|:]+/g, "a");
        const { status, headers } = await installation.send({
          ...{ ...attempt, path: `${target}?api-version=7.5` },
          ...(["GET", "HEAD"].includes(attempt.method) ? {} : { body: {} }),
        });
        if (status !== 401 || headers["www-authenticate"]?.startsWith("Bearer ") !== true) {
          odd.push(`${attempt.method} ${attempt.serverName} ${path} ${status}`);
        }
      }
    });
    const allowed = publicRoutes.flatMap((path) =>
      ["GET", "HEAD"].flatMap((method) => [
        `${method} ${vaultHost} ${path} 404`,
        `${method} ${installationHost} ${path} 200`,
      ]),
    );
    expect([...new Set(odd)].sort()).toEqual(allowed.sort());
    expect({ leaves, rows }).toEqual({ leaves: [], rows: [] });
  }, 60_000);

  it("reads no body of who is nobody", async () => {
    for (const body of ["{", `"${"x".repeat(2_000_000)}"`]) {
      const path = "/secrets/a?api-version=7.5";
      const answer = await installation.send({ serverName: vaultHost, method: "PUT", path, body });
      expect(answer.status).toBe(401);
    }
  });

  it.each([
    ["larger than 1 MiB", JSON.stringify({ value: "x".repeat(1_048_576) }), 413],
    ["nested 33 levels deep", `{"value":${"[".repeat(32)}${"]".repeat(32)}}`, 400],
    ["a million levels deep", "[".repeat(1_000_000), 400],
    ["no JSON", '{"value":"a"', 400],
  ])("refuses a body that is %s", async (_name, body, status) => {
    const answer = await send("officer", "PUT", "/secrets/a", body);
    expect([answer.status, answer.body.error.code]).toEqual([status, "BadParameter"]);
    expect(answer.text.length).toBeLessThan(500);
  });

  it("gives each caller a burst, tells how long to wait, and keeps its word", async () => {
    // At once: one after the other, a slow machine asks more seldom than it may.
    const answers = await Promise.all(
      Array.from({ length: 3 * burst }, () => send("greedy", "GET", "/secrets")),
    );
    const refused = answers.filter(({ status }) => status === 429);
    const granted = answers.filter(({ status }) => status === 200);
    expect(granted.length).toBeGreaterThanOrEqual(burst);
    expect(refused.length).toBeGreaterThan(0);
    expect(granted.length + refused.length).toBe(answers.length);
    expect(refused[0]?.body.error).toMatchObject({
      ...{ code: "Throttled", innererror: { code: "TooManyRequests" } },
    });
    const wait = Number(refused[0]?.headers["retry-after"]);
    expect(wait).toBe(1);
    expect((await send("officer", "GET", "/secrets")).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, wait * 1_000));
    expect((await send("greedy", "GET", "/secrets")).status).toBe(200);
  });

  it("is waited for by the vendor's client, which then succeeds", async () => {
    const client = new SecretClient(
      `https://localhost:${installation.vault.port}`,
      {
        getToken: async () => ({
          ...{ token: await installation.oidc.token("patient") },
          expiresOnTimestamp: Date.now() + 3_600_000,
        }),
      },
      {
        disableChallengeResourceVerification: true,
        tlsOptions: { ca: installation.ca() },
      },
    );
    for (let i = 0; i < burst + 5; i += 1) {
      await client.setSecret("patient", String(i));
    }
    expect((await client.getSecret("patient")).value).toBe(String(burst + 4));
  });

  const dial = (options: ConnectionOptions) =>
    new Promise<TLSSocket>((resolve, reject) => {
      const socket = connect({
        ...{ host: "127.0.0.1", port: installation.vault.port, servername: vaultHost },
        ...{ ca: installation.ca(), ...options },
      });
      socket.once("secureConnect", () => resolve(socket)).once("error", reject);
    });

  it("speaks TLS 1.3 only", async () => {
    await expect(dial({ maxVersion: "TLSv1.2" })).rejects.toThrow(/protocol version/);
    const socket = await dial({});
    expect(socket.getProtocol()).toBe("TLSv1.3");
    socket.destroy();
  });

  it("does not wait for who dawdles", async () => {
    const headers = `PUT /secrets/a?api-version=7.5 HTTP/1.1\r\nhost: ${vaultHost}\r\n`;
    const token = await installation.oidc.token("officer");
    const body = `authorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`;
    const closedAfter = async (text: string) => {
      const socket = await dial({});
      const started = Date.now();
      let answer = "";
      socket.on("data", (bytes: Uint8Array) => {
        answer += Buffer.from(bytes).toString();
      });
      socket.on("error", () => undefined);
      socket.write(text);
      await new Promise((resolve) => socket.once("close", resolve));
      return { answer: answer.split("\r\n")[0], seconds: (Date.now() - started) / 1_000 };
    };
    const [late, half] = await Promise.all([closedAfter(headers), closedAfter(headers + body)]);
    expect(late.answer).toBe("HTTP/1.1 408 Request Timeout");
    expect(late.seconds).toBeLessThan(13);
    expect(half.answer).toBe("HTTP/1.1 408 Request Timeout");
    expect(half.seconds).toBeLessThan(18);
  }, 30_000);
});

describe("a server that is told to speak TLS 1.2 as well", () => {
  it("does so with forward secrecy and AEAD, and with nothing else", async () => {
    await using installation = await startInstallation({ minTlsVersion: "1.2" });
    const protocol = (options: ConnectionOptions) =>
      new Promise<string>((resolve) => {
        const socket = connect({
          ...{ host: "127.0.0.1", port: installation.vault.port, ca: installation.ca() },
          ...{ servername: installationHost, ...options },
        });
        socket.once("error", ({ message }) =>
          resolve(/handshake failure|protocol version/.exec(message)?.[0] ?? message),
        );
        socket.once("secureConnect", () => {
          resolve(`${socket.getProtocol()} ${socket.getCipher().name}`);
          socket.destroy();
        });
      });
    expect(await protocol({})).toMatch(/^TLSv1\.3 /);
    const old = { maxVersion: "TLSv1.2" } as const;
    expect(await protocol(old)).toBe("TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384");
    expect(await protocol({ ...old, ciphers: "ECDHE-ECDSA-AES128-SHA" })).toBe("handshake failure");
    expect(
      await protocol({ minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" }),
    ).toBe("protocol version");
  });
});
