// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:tls";
import { describe, expect, it } from "@jest/globals";
import { mintCertificate } from "@strongroom/testing";
import { isSamePublicKey } from "./same-public-key.ts";

const ec = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve }).publicKey;
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
const p256 = ec("P-256");

describe("two public keys", () => {
  it("are one if their numbers are", () => {
    expect(isSamePublicKey(p256, p256)).toBe(true);
    for (const [one, other] of [
      [p256, ec("P-256")],
      [p256, ec("P-384")],
      [rsa, p256],
    ] as const) {
      expect(isSamePublicKey(one, other)).toBe(false);
    }
  });

  it("end no TLS connection when they are compared, whatever their types", async () => {
    const names = "DNS:localhost";
    const { certificatePem, keyPem } = await mintCertificate({ subject: "/CN=localhost", names });
    const server = createServer({ key: keyPem, cert: certificatePem }, (socket) => {
      socket.pipe(socket);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const servername = "localhost";
    const socket = connect({ port, host: "127.0.0.1", ca: certificatePem, servername });
    try {
      await once(socket, "secureConnect");
      expect(isSamePublicKey(rsa, p256)).toBe(false);
      socket.write("still here");
      const [echoed]: unknown[] = await once(socket, "data");
      expect(String(echoed)).toBe("still here");
    } finally {
      socket.destroy();
      server.close();
    }
  });
});
