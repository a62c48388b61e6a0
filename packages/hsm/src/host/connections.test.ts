// SPDX-License-Identifier: Apache-2.0
/** Connections to the host, by whoever sends bytes: who is let in, what ends one, and how much one may ask at a time. */

import { describe, expect, it } from "@jest/globals";
import { u32be } from "@strongroom/core";
import { connect } from "../__fixtures__/host-process.ts";
import { connectRaw, connectWelcome } from "../__fixtures__/raw-client.ts";
import { digest, spec, useHost } from "../__fixtures__/use-host.ts";
import { encodeHello, encodeRequest } from "../wire/codec.ts";
import { encodeFrame } from "../wire/frames.ts";

const now = useHost();

async function signRequests(count: number): Promise<Uint8Array> {
  await using client = await connect(now.folders);
  const { blob } = await client.generateKey(spec);
  const payload = { blob, algorithm: "ES256", digest };
  const frames = Array.from({ length: count }, (_, id) =>
    encodeFrame(encodeRequest({ id, verb: "sign", payload })),
  );
  return Buffer.concat(frames);
}

describe("a connection", () => {
  it.each([
    ["another secret", { version: 1, secret: "0".repeat(64) }, "Forbidden"],
    ["an empty secret", { version: 1, secret: "" }, "Forbidden"],
    ["another version", { version: 2, secret: "0".repeat(64) }, "BadParameter"],
  ])("is closed after %s", async (_, hello, code) => {
    using client = await connectRaw(now.folders.sockets);
    client.write(encodeFrame(encodeHello(hello)));
    expect(await client.hello()).toMatchObject({ kind: "failure", code });
    await client.closed;
  });

  it("is closed when it asks before it shows the secret", async () => {
    using client = await connectRaw(now.folders.sockets);
    client.write(encodeFrame(encodeRequest({ id: 1, verb: "random", payload: { bytes: 1 } })));
    expect(await client.hello()).toMatchObject({ kind: "failure" });
    await client.closed;
  });

  it("is closed when it says nothing for five seconds", async () => {
    using client = await connectRaw(now.folders.sockets);
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
    await using other = await connect(now.folders);
    using client = await connectWelcome(now.folders.sockets);
    client.write(bytes);
    await client.closed;
    expect(await other.random(4)).toHaveLength(4);
  });

  it("gets an answer to each of many requests that it sends in one write", async () => {
    const requests = await signRequests(200);
    using client = await connectWelcome(now.folders.sockets);
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
    using client = await connectWelcome(now.folders.sockets);
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
    await using after = await connect(now.folders);
    expect(await after.random(4)).toHaveLength(4);
  });
});
