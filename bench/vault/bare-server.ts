// SPDX-License-Identifier: Apache-2.0
/**
 * The yardstick: a bare `node:https` server that decrypts one block of AES-256-GCM for each request, and nothing else.
 *
 * Reads key and certificate, PEM, from standard input as JSON; prints its port.
 */

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";

const { key, cert } = JSON.parse(readFileSync(0, "utf8")) as { key: string; cert: string };
const valueLength = 1024;
const secret = randomBytes(32);
const iv = randomBytes(12);
const cipher = createCipheriv("aes-256-gcm", secret, iv);
const sealed = Buffer.concat([cipher.update(Buffer.alloc(valueLength, "x")), cipher.final()]);
const tag = cipher.getAuthTag();

const server = createServer({ key, cert, minVersion: "TLSv1.3" }, (_request, response) => {
  const decipher = createDecipheriv("aes-256-gcm", secret, iv);
  decipher.setAuthTag(tag);
  const value = decipher.update(sealed, undefined, "utf8") + decipher.final("utf8");
  const body = JSON.stringify({ value });
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
