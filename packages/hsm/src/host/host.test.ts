// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { toHex } from "@strongroom/core";
import { connect, eventually, startHost } from "../__fixtures__/host-process.ts";
import { connectRaw } from "../__fixtures__/raw-client.ts";
import { digest, group, spec, useHost } from "../__fixtures__/use-host.ts";
import { encodeHello } from "../wire/codec.ts";
import { encodeFrame } from "../wire/frames.ts";

const now = useHost();

async function health(path: string): Promise<number> {
  return (await fetch(`http://127.0.0.1:${now.host.healthPort}${path}`)).status;
}

describe("the host's folder", () => {
  it("is open to the volume's group and to nobody else", async () => {
    const [folder, socket, secret] = await Promise.all(
      ["", "hsm.sock", "secret"].map((name) => stat(join(now.folders.sockets, name))),
    );
    expect([folder?.mode, socket?.mode, secret?.mode].map((mode) => (mode ?? 0) & 0o7777)).toEqual([
      0o2750, 0o660, 0o440,
    ]);
    expect([folder?.gid, socket?.gid, secret?.gid]).toEqual([group, group, group]);
    expect(await readFile(join(now.folders.sockets, "secret"), "utf8")).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("the host", () => {
  it("is healthy and ready", async () => {
    expect([await health("/healthz"), await health("/readyz"), await health("/")]).toEqual([
      200, 200, 404,
    ]);
  });

  it("is found again by its client after it was killed, under another secret", async () => {
    await using client = await connect(now.folders);
    const { blob } = await client.generateKey(spec);
    const secret = await readFile(join(now.folders.sockets, "secret"), "utf8");
    const inFlight = Promise.allSettled(
      Array.from({ length: 200 }, () => client.sign(blob, "ES256", digest)),
    );
    await now.host.stop("SIGKILL");
    for (const result of await inFlight) {
      const code = result.status === "rejected" ? (result.reason as { code: string }).code : "";
      expect(["", "HsmUnavailable"]).toContain(code);
    }
    await expect(client.random(1)).rejects.toMatchObject({ code: "HsmUnavailable" });
    now.host = await startHost(now.folders);
    expect(await eventually(() => client.sign(blob, "ES256", digest))).toHaveLength(64);
    expect(await readFile(join(now.folders.sockets, "secret"), "utf8")).not.toBe(secret);
  });

  it("answers what it was asked before SIGTERM, and leaves no socket and no secret", async () => {
    await using client = await connect(now.folders);
    const { blob } = await client.generateKey(spec);
    const results = Array.from({ length: 100 }, () => client.sign(blob, "ES256", digest));
    await results[0];
    expect(await now.host.stop()).toBe(0);
    const settled = await Promise.allSettled(results);
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(100);
    expect(existsSync(join(now.folders.sockets, "hsm.sock"))).toBe(false);
    expect(existsSync(join(now.folders.sockets, "secret"))).toBe(false);
    now.host = await startHost(now.folders);
  });

  it("logs neither PIN nor start-up secret nor data key", async () => {
    await using client = await connect(now.folders);
    const key = await client.openDataKey(
      await client.generateDataKey({ scope: "vault", keyId: "canary" }),
    );
    await client.openDataKey(key).catch(() => undefined);
    const secrets = [
      await readFile(join(now.folders.data, "pin"), "utf8"),
      await readFile(join(now.folders.sockets, "secret"), "utf8"),
      toHex(key),
      Buffer.from(key).toString("base64"),
    ];
    using raw = await connectRaw(now.folders.sockets);
    raw.write(encodeFrame(encodeHello({ version: 3, secret: secrets[1] ?? "" })));
    await raw.closed;
    const log = now.host.running.lines.join("\n");
    expect(log).toContain("another version");
    expect(secrets.filter((secret) => log.includes(secret))).toEqual([]);
  });
});
