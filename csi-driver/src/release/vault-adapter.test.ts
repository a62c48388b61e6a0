// SPDX-License-Identifier: Apache-2.0
/** Vaults over real HTTPS: whose certificates are taken, and whose signatures. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type ReleasePayload, type ReleaseResponse, wrappedKeyDigest } from "@strongroom/api";
import { leafHash, sha256, systemClock, toBase64url, toHex, utf8 } from "@strongroom/core";
import { type MintedCertificate, mintCertificate } from "@strongroom/testing";
import { CompactSign } from "jose";
import { createVaultClients } from "../vault-clients.ts";
import { createVaultAdapter } from "./vault-adapter.ts";
import type { ReleaseCall, VaultPort } from "./vault-port.ts";

const jwe = "eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVydGV4dA.dGFn";
const wrapped = { alg: "A256KW", value: "AAAA" } as const;
const version = "0123456789abcdef0123456789abcdef";
const leaf = leafHash(utf8("leaf"));
const { signal } = new AbortController();
const vault = { name: "vault", namespace: "ns" };
const expected = {
  jti: "jti-0123456789abcdef",
  podUid: "pod-1",
  vaultUid: "vault-1",
  items: [
    { kind: "secret", name: "DB-password" },
    { kind: "dataKey", name: "January", key: { name: "other" }, wrapped },
  ],
} as const;
const call: ReleaseCall = {
  vault,
  podToken: "pod-token",
  proof: "a.b.c",
  body: utf8(JSON.stringify({ the: "body" })),
  expected,
};

let directory: string;
let server: Server;
let root: MintedCertificate;
let signer: MintedCertificate;
let tlsCa: MintedCertificate;
let port: VaultPort;
const seen: string[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "adapter-"));
  tlsCa = await mintCertificate({ subject: "/CN=infrastructure", ca: true });
  root = await mintCertificate({ subject: "/CN=release root", ca: true });
  signer = await mintCertificate({ subject: "/CN=release key", issuer: root });
  const host = await mintCertificate({
    subject: "/CN=vault",
    issuer: tlsCa,
    names: "DNS:vault.ns.svc",
  });
  server = createServer({ key: host.keyPem, cert: host.certificatePem }, (request, response) => {
    const chunks: Uint8Array[] = [];
    request.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    request.on("end", () => {
      const { host: name, authorization } = request.headers;
      seen.push(`${request.url} ${name} ${authorization} ${Buffer.concat(chunks).toString()}`);
      void answer(request.url ?? "").then((body) => response.end(JSON.stringify(body)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true });
});

beforeEach(async () => {
  seen.length = 0;
  await writeFile(join(directory, "ca.crt"), tlsCa.certificatePem);
  await writeFile(join(directory, "root.crt"), root.certificatePem);
  const clients = createVaultClients({
    vaultAddress: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    caFile: join(directory, "ca.crt"),
    tokenFile: join(directory, "token"),
  });
  const releaseRootFile = join(directory, "root.crt");
  port = createVaultAdapter({ clients, releaseRootFile, clock: systemClock });
});

async function answer(url: string): Promise<object> {
  if (url === "/strongroom/v1/vault") {
    return { uid: "vault-1", name: "vault", namespace: "ns" };
  }
  const head = { log: "log-1", size: 1, root: toHex(leaf) };
  const payload: ReleasePayload = {
    jti: expected.jti,
    iat: Math.floor(Date.now() / 1000),
    pod: { uid: "pod-1" },
    vault: { uid: "vault-1", name: "vault" },
    items: [
      {
        kind: "secrets",
        name: "db-password",
        version,
        id: `https://vault.ns.svc/secrets/db-password/${version}`,
        result: "granted",
        digest: toBase64url(sha256(utf8(jwe))),
      },
      {
        ...{ kind: "keys", name: "other", unwrapped: wrappedKeyDigest(wrapped) },
        ...{ result: "denied", class: "Forbidden" },
      },
    ],
    head,
  };
  const x5c = [signer, root].map(({ certificate }) => certificate.raw.toString("base64"));
  return {
    release: await new CompactSign(utf8(JSON.stringify(payload)))
      .setProtectedHeader({ alg: "ES256", typ: "strongroom-release+jws", x5c })
      .sign(signer.key),
    items: [{ jwe }, {}],
    head: { ...head, time: 1, signature: toBase64url(new Uint8Array(64)) },
    proof: { index: 0, leafHash: toHex(leaf), path: [] },
  } satisfies ReleaseResponse;
}

describe("the vault adapter", () => {
  it("asks a vault under its own name, with the pod's token", async () => {
    expect(await port.identity(vault, "pod-token", signal)).toBe("vault-1");
    expect(seen).toEqual(["/strongroom/v1/vault vault.ns.svc Bearer pod-token "]);
  });

  it("sends the very bytes that the proof covers and gives files the pod's spelling", async () => {
    expect(await port.release(call, signal)).toEqual([
      {
        result: "granted",
        name: "DB-password",
        id: `https://vault.ns.svc/secrets/db-password/${version}`,
        jwe,
      },
      { result: "denied", name: "January", class: "Forbidden" },
    ]);
    expect(seen).toEqual(['/strongroom/v1/release vault.ns.svc Bearer pod-token {"the":"body"}']);
  });

  it("believes nothing that another release root signed", async () => {
    await writeFile(join(directory, "root.crt"), tlsCa.certificatePem);
    await expect(port.release(call, signal)).rejects.toMatchObject({ code: "ResponseUntrusted" });
  });

  it("takes either of two roots while one replaces the other", async () => {
    const pem = `${tlsCa.certificatePem}\n${root.certificatePem}`;
    await writeFile(join(directory, "root.crt"), pem);
    expect(await port.release(call, signal)).toHaveLength(2);
  });

  it.each(["ca.crt", "root.crt"])("asks nobody while %s is not there yet", async (file) => {
    await rm(join(directory, file));
    await expect(port.release(call, signal)).rejects.toMatchObject({ code: "VaultUnavailable" });
    await writeFile(join(directory, file), "");
    await expect(port.release(call, signal)).rejects.toMatchObject({ code: "VaultUnavailable" });
    expect(seen).toEqual([]);
  });

  it("talks to no server of another CA, and to none of another name", async () => {
    const elsewhere = { ...vault, name: "elsewhere" };
    await expect(port.identity(elsewhere, "pod-token", signal)).rejects.toMatchObject({
      code: "VaultUnavailable",
    });
    await writeFile(join(directory, "ca.crt"), root.certificatePem);
    await expect(port.identity(vault, "pod-token", signal)).rejects.toMatchObject({
      code: "VaultUnavailable",
    });
    expect(seen).toEqual([]);
  });

  it("stops waiting when the caller does", async () => {
    const stopped = port.identity(vault, "pod-token", AbortSignal.abort(new Error("stop")));
    await expect(stopped).rejects.toThrow("stop");
  });
});
