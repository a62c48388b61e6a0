// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { checkServerIdentity, connect, createServer, type Server, type TLSSocket } from "node:tls";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Clock, Log } from "@strongroom/core";
import { issueCertificate } from "../installation/certificate.ts";
import type { CertifiedKey } from "../installation/installation-keys.ts";
import { createServerCertificates } from "../installation/server-certificates.ts";
import { serveUnnamed } from "./serve-unnamed.ts";

const day = 86_400_000;
let server: Server;
let ca: CertifiedKey;
let later: number;
let failures: string[];
const named: (string | false)[] = [];

async function makeCa(): Promise<CertifiedKey> {
  const { privateKey: key, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = new Uint8Array(publicKey.export({ type: "spki", format: "der" }));
  const signer = async (message: Uint8Array) =>
    new Uint8Array(sign("sha256", message, { key, dsaEncoding: "ieee-p1363" }));
  const subject = "Strongroom infrastructure CA";
  const certificate = await issueCertificate(
    {
      ...{ subject, issuer: subject, publicKey: spki, issuerPublicKey: spki },
      notBefore: new Date(Date.now() - day),
      notAfter: new Date(Date.now() + 30 * day),
      profile: { kind: "ca" },
    },
    signer,
  );
  return { spki, sign: signer, certificate } as CertifiedKey;
}

beforeEach(async () => {
  ca = await makeCa();
  [later, failures] = [0, []];
  named.length = 0;
  server = createServer();
  // Certificates are checked by the real time, which is when this clock is four days on.
  const clock = { now: () => new Date(Date.now() - 4 * day + later) } as Clock;
  const certificates = createServerCertificates({ ca, clock, isServed: () => false });
  const log = { failure: (message: string) => failures.push(message) } as unknown as Log;
  const deps = { server, certificates, log, tls: { minVersion: "TLSv1.3" } } as const;
  await serveUnnamed(deps, "localhost");
  server.on("secureConnection", (socket: TLSSocket & { servername?: string | false }) => {
    named.push(socket.servername ?? false);
    socket.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  server.close();
  await once(server, "close");
});

/** Serial number of the certificate that a client gets which names no host. */
async function serialOf(): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const socket = connect({
    ...{ port, host: "127.0.0.1", servername: "", ca: ca.certificate.toString() },
    checkServerIdentity: (_, peer) => checkServerIdentity("localhost", peer),
  });
  await once(socket, "secureConnect");
  const { serialNumber } = socket.getPeerCertificate();
  socket.resume();
  await once(socket, "close");
  return serialNumber;
}

test("clients that name no host are answered for the one that is meant", async () => {
  await serialOf();
  expect([named, failures]).toEqual([["localhost"], []]);
});

test("the certificate stays the same until half its time is over, and is then another", async () => {
  const first = await serialOf();
  later = 3 * day;
  expect(await serialOf()).toBe(first);
  later = 4 * day;
  // Who comes while the next is made still gets the old one, which is good for days.
  let second = await serialOf();
  for (let tries = 0; tries < 100 && second === first; tries += 1) {
    second = await serialOf();
  }
  expect(second).not.toBe(first);
  expect(await serialOf()).toBe(second);
});
