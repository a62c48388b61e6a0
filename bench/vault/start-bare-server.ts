// SPDX-License-Identifier: Apache-2.0
/** Starts the yardstick with a certificate of its own. */

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { LoadOrder } from "./load-order.ts";

const host = "bare.example";
const program = fileURLToPath(new URL("bare-server.ts", import.meta.url));

/** The server. */
export interface BareServer extends AsyncDisposable {
  readonly pid: number;
  readonly order: Pick<LoadOrder, "port" | "ca" | "serverName">;
}

/** Starts it; it ends when it is disposed of. */
export async function startBareServer(): Promise<BareServer> {
  const { key, cert } = await makeCertificate();
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify({ key, cert }));
  const [port] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return {
    pid: child.pid ?? 0,
    order: { port: Number(port), ca: cert, serverName: host },
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await once(child, "exit");
    },
  };
}

// ECDSA P-256, as the vault's own.
async function makeCertificate() {
  const folder = await mkdtemp(join(tmpdir(), "bare-server-"));
  const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")] as const;
  try {
    await promisify(execFile)("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
      ...["-days", "1", "-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host}`],
      ...["-keyout", keyFile, "-out", certFile],
    ]);
    return { key: await readFile(keyFile, "utf8"), cert: await readFile(certFile, "utf8") };
  } finally {
    await rm(folder, { recursive: true });
  }
}
