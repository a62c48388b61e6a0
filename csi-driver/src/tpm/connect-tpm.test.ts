// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { fromHex, toHex } from "@strongroom/core";
import { connectTpm } from "./connect-tpm.ts";
import { execute } from "./execute.ts";

const command = fromHex("80010000000c0000017b0008");
const busy = fromHex("80010000000a00000922");
const done = fromHex("80010000000c000000001234");

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tpm-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function serve(answer: (socket: Socket, count: number) => void) {
  const path = join(folder, "tpm.sock");
  let count = 0;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("data", () => {
      count += 1;
      answer(socket, count);
    });
    socket.on("error", () => undefined);
  });
  server.listen(path);
  await once(server, "listening");
  const transport = connectTpm({ kind: "socket", path }, { timeoutMs: 200 });
  const close = async () => {
    for (const socket of open) {
      socket.destroy();
    }
    server.close();
    await once(server, "close");
  };
  return { transport, [Symbol.asyncDispose]: close };
}

describe("a TPM's socket", () => {
  it("puts together a response that comes in pieces", async () => {
    await using tpm = await serve((socket) => {
      socket.write(done.subarray(0, 3));
      setTimeout(() => socket.write(done.subarray(3)), 20);
    });
    const response = await tpm.transport.use((channel) => channel.transact(command));
    expect(toHex(response)).toBe(toHex(done));
  });

  it.each<[string, (socket: Socket) => void]>([
    ["never answers", () => undefined],
    ["closes instead of answering", (socket) => socket.destroy()],
    ["closes in the middle of an answer", (socket) => socket.end(done.subarray(0, 7))],
  ])("is unavailable when it %s", async (_, answer) => {
    await using tpm = await serve(answer);
    const asked = tpm.transport.use((channel) => channel.transact(command));
    await expect(asked).rejects.toMatchObject({ code: "TpmUnavailable" });
  });

  it("is used again after it failed once", async () => {
    await using tpm = await serve((socket, count) =>
      count === 1 ? socket.destroy() : socket.write(done),
    );
    const ask = () => tpm.transport.use((channel) => channel.transact(command));
    await expect(ask()).rejects.toMatchObject({ code: "TpmUnavailable" });
    expect(toHex(await ask())).toBe(toHex(done));
  });

  it("is unavailable when nobody listens", async () => {
    const transport = connectTpm({ kind: "socket", path: join(folder, "none") });
    await expect(transport.use(async () => undefined)).rejects.toMatchObject({
      code: "TpmUnavailable",
    });
  });

  it("is refused when it announces more than a TPM can say", async () => {
    await using tpm = await serve((socket) => socket.write(fromHex("8001ffffffff00000000")));
    const asked = tpm.transport.use((channel) => channel.transact(command));
    await expect(asked).rejects.toMatchObject({ code: "TpmFailed" });
  });

  it("gets one command at a time, whoever asks", async () => {
    let open = 0;
    let most = 0;
    await using tpm = await serve((socket) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        socket.write(done);
      }, 5);
    });
    const ask = () =>
      tpm.transport.use((channel) =>
        Promise.all([channel.transact(command), channel.transact(command)]),
      );
    await Promise.all([ask(), ask(), ask()]);
    expect(most).toBe(1);
  });

  it("is asked again while it says that it is busy", async () => {
    await using tpm = await serve((socket, count) => socket.write(count < 3 ? busy : done));
    const reader = await tpm.transport.use((channel) => execute(channel, { code: 0x17b }));
    expect(toHex(reader.rest())).toBe("1234");
  });
});

describe("a TPM's device", () => {
  it("gets a command in one write and gives what one read yields", async () => {
    // A named pipe that is open for both ends gives back what was written: all that a device needs to show here.
    const path = join(folder, "device");
    execFileSync("mkfifo", [path]);
    const transport = connectTpm({ kind: "device", path });
    expect(transport.isResourceManaged).toBe(true);
    const response = await transport.use((channel) => channel.transact(command));
    expect(toHex(response)).toBe(toHex(command));
  });

  it("is unavailable when it is not there", async () => {
    const transport = connectTpm({ kind: "device", path: join(folder, "none") });
    await expect(transport.use(async () => undefined)).rejects.toMatchObject({
      code: "TpmUnavailable",
    });
  });
});
