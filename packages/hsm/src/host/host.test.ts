// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { toHex, u32be } from "@strongroom/core";
import {
  connect,
  eventually,
  type Folders,
  type HostUnderTest,
  init,
  makeFolders,
  startHost,
} from "../__fixtures__/host-process.ts";
import { connectRaw, connectWelcome } from "../__fixtures__/raw-client.ts";
import { encodeHello, encodeRequest } from "../wire/codec.ts";
import { encodeFrame } from "../wire/frames.ts";

const spec = {
  scope: "installation",
  keyId: "signing",
  type: "ec-p256",
  operations: ["sign"],
  class: "N",
} as const;
const digest = new Uint8Array(32).fill(9);
const group = 12_345;

let folders: Folders;
let host: HostUnderTest;

async function health(path: string): Promise<number> {
  return (await fetch(`http://127.0.0.1:${host.healthPort}${path}`)).status;
}

async function signRequests(count: number): Promise<Uint8Array> {
  await using client = await connect(folders);
  const { blob } = await client.generateKey(spec);
  const payload = { blob, algorithm: "ES256", digest };
  const frames = Array.from({ length: count }, (_, id) =>
    encodeFrame(encodeRequest({ id, verb: "sign", payload })),
  );
  return Buffer.concat(frames);
}

beforeAll(async () => {
  folders = await makeFolders();
  // As kubelet mounts a memory volume with fsGroup.
  await mkdir(dirname(folders.sockets), { recursive: true });
  await chown(dirname(folders.sockets), process.getuid?.() ?? 0, group);
  await chmod(dirname(folders.sockets), 0o2770);
  await init(folders);
  host = await startHost(folders);
});

afterAll(async () => {
  await host.stop();
  await folders[Symbol.asyncDispose]();
});

describe("the host's folder", () => {
  it("is open to the volume's group and to nobody else", async () => {
    const [folder, socket, secret] = await Promise.all(
      ["", "hsm.sock", "secret"].map((name) => stat(join(folders.sockets, name))),
    );
    expect([folder?.mode, socket?.mode, secret?.mode].map((mode) => (mode ?? 0) & 0o7777)).toEqual([
      0o2750, 0o660, 0o440,
    ]);
    expect([folder?.gid, socket?.gid, secret?.gid]).toEqual([group, group, group]);
    expect(await readFile(join(folders.sockets, "secret"), "utf8")).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("a connection", () => {
  it.each([
    ["another secret", { version: 1, secret: "0".repeat(64) }, "Forbidden"],
    ["an empty secret", { version: 1, secret: "" }, "Forbidden"],
    ["another version", { version: 2, secret: "0".repeat(64) }, "BadParameter"],
  ])("is closed after %s", async (_, hello, code) => {
    using client = await connectRaw(folders.sockets);
    client.write(encodeFrame(encodeHello(hello)));
    expect(await client.hello()).toMatchObject({ kind: "failure", code });
    await client.closed;
  });

  it("is closed when it asks before it shows the secret", async () => {
    using client = await connectRaw(folders.sockets);
    client.write(encodeFrame(encodeRequest({ id: 1, verb: "random", payload: { bytes: 1 } })));
    expect(await client.hello()).toMatchObject({ kind: "failure" });
    await client.closed;
  });

  it("is closed when it says nothing for five seconds", async () => {
    using client = await connectRaw(folders.sockets);
    const start = Date.now();
    await client.closed;
    expect(Date.now() - start).toBeGreaterThan(4_500);
  });

  it.each([
    ["a frame of no length", u32be(0)],
    ["a frame of more than 1 MiB", u32be(1024 * 1024 + 1)],
    ["a frame that is no message", encodeFrame(new Uint8Array([0xff, 0xff, 0xff]))],
    ["a request without a verb", encodeFrame(new Uint8Array([8, 1]))],
    ["a request for an unknown verb", encodeFrame(new Uint8Array([8, 1, 0xaa, 6, 0]))],
  ])("is closed after %s, and others go on", async (_, bytes) => {
    await using other = await connect(folders);
    using client = await connectWelcome(folders.sockets);
    client.write(bytes);
    await client.closed;
    expect(await other.random(4)).toHaveLength(4);
  });

  it("gets an answer to each of many requests that it sends in one write", async () => {
    const requests = await signRequests(200);
    using client = await connectWelcome(folders.sockets);
    client.write(requests);
    const ids: number[] = [];
    for (let count = 0; count < 200; count += 1) {
      const response = await client.response();
      expect(response.kind).toBe("result");
      ids.push(response.id);
    }
    expect(new Set(ids).size).toBe(200);
  });

  it("is told HsmBusy for what is beyond 256 in flight, and only for that", async () => {
    const requests = await signRequests(1_000);
    using client = await connectWelcome(folders.sockets);
    client.write(requests);
    const answers = { done: 0, busy: 0 };
    for (let count = 0; count < 1_000; count += 1) {
      const response = await client.response();
      if (response.kind === "result") {
        answers.done += 1;
      } else {
        expect(response.failure.code).toBe("HsmBusy");
        answers.busy += 1;
      }
    }
    expect(answers.done).toBeGreaterThanOrEqual(256);
    expect(answers.busy).toBeGreaterThan(0);
    await using after = await connect(folders);
    expect(await after.random(4)).toHaveLength(4);
  });
});

describe("the host", () => {
  it("is healthy and ready", async () => {
    expect([await health("/healthz"), await health("/readyz"), await health("/")]).toEqual([
      200, 200, 404,
    ]);
  });

  it("is found again by its client after it was killed, under another secret", async () => {
    await using client = await connect(folders);
    const { blob } = await client.generateKey(spec);
    const secret = await readFile(join(folders.sockets, "secret"), "utf8");
    const inFlight = Promise.allSettled(
      Array.from({ length: 200 }, () => client.sign(blob, "ES256", digest)),
    );
    await host.stop("SIGKILL");
    for (const result of await inFlight) {
      const code = result.status === "rejected" ? (result.reason as { code: string }).code : "";
      expect(["", "HsmUnavailable"]).toContain(code);
    }
    await expect(client.random(1)).rejects.toMatchObject({ code: "HsmUnavailable" });
    host = await startHost(folders);
    expect(await eventually(() => client.sign(blob, "ES256", digest))).toHaveLength(64);
    expect(await readFile(join(folders.sockets, "secret"), "utf8")).not.toBe(secret);
  });

  it("answers what it was asked before SIGTERM, and leaves no socket and no secret", async () => {
    await using client = await connect(folders);
    const { blob } = await client.generateKey(spec);
    const results = Array.from({ length: 100 }, () => client.sign(blob, "ES256", digest));
    await results[0];
    expect(await host.stop()).toBe(0);
    const settled = await Promise.allSettled(results);
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(100);
    expect(existsSync(join(folders.sockets, "hsm.sock"))).toBe(false);
    expect(existsSync(join(folders.sockets, "secret"))).toBe(false);
    host = await startHost(folders);
  });

  it("logs neither PIN nor start-up secret nor data key", async () => {
    await using client = await connect(folders);
    const key = await client.openDataKey(
      await client.generateDataKey({ scope: "vault", keyId: "canary" }),
    );
    await client.openDataKey(key).catch(() => undefined);
    const secrets = [
      await readFile(join(folders.data, "pin"), "utf8"),
      await readFile(join(folders.sockets, "secret"), "utf8"),
      toHex(key),
      Buffer.from(key).toString("base64"),
    ];
    using raw = await connectRaw(folders.sockets);
    raw.write(encodeFrame(encodeHello({ version: 3, secret: secrets[1] ?? "" })));
    await raw.closed;
    const log = host.running.lines.join("\n");
    expect(log).toContain("another version");
    expect(secrets.filter((secret) => log.includes(secret))).toEqual([]);
  });
});
