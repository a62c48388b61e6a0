// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { silentLog } from "@strongroom/core";
import { decodeRequest, encodeHelloAnswer, encodeResponse } from "../wire/codec.ts";
import { encodeFrame, FrameReader } from "../wire/frames.ts";
import { maxFrameBytes } from "../wire/limits.ts";
import type { Request } from "../wire/messages.ts";
import { connectHsm } from "./connect-hsm.ts";

let directory: string;
let server: Server;
const sockets = new Set<Socket>();

/** A host that welcomes everyone and does `answer` with each request. */
async function listen(answer: (request: Request, socket: Socket) => void): Promise<void> {
  server = createServer((socket) => {
    sockets.add(socket);
    const reader = new FrameReader(maxFrameBytes);
    let isHello = true;
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      reader.push(chunk);
      for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
        if (isHello) {
          socket.write(encodeFrame(encodeHelloAnswer({ kind: "welcome", version: 1 })));
          isHello = false;
        } else {
          answer(decodeRequest(frame), socket);
        }
      }
    });
  });
  server.listen(join(directory, "hsm.sock"));
  await once(server, "listening");
}

function reply(request: Request, socket: Socket, byte: number): void {
  const result = { bytes: new Uint8Array([byte]) };
  socket.write(
    encodeFrame(encodeResponse({ kind: "result", id: request.id, verb: "random", result })),
  );
}

const options = () => ({ directory, log: silentLog, requestTimeoutMs: 200, connectTimeoutMs: 500 });

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "hsm-client-"));
  await writeFile(join(directory, "secret"), "00");
});

afterEach(async () => {
  sockets.forEach((socket) => void socket.destroy());
  server?.close();
  await rm(directory, { recursive: true });
});

describe("connectHsm", () => {
  it("gives up when there is no host in time", async () => {
    await expect(connectHsm(options())).rejects.toMatchObject({ code: "HsmUnavailable" });
  });

  it("gives each caller its own answer, though they come in another order", async () => {
    const held: Request[] = [];
    await listen((request, socket) => {
      held.push(request);
      if (held.length === 3) {
        held
          .reverse()
          .forEach(
            (each) =>
              void reply(each, socket, "bytes" in each.payload ? Number(each.payload.bytes) : 0),
          );
      }
    });
    await using client = await connectHsm(options());
    const answers = await Promise.all([client.random(1), client.random(2), client.random(3)]);
    expect(answers.map(([byte]) => byte)).toEqual([1, 2, 3]);
  });

  it("fails a call that is not answered in time, and is not confused by a late answer", async () => {
    let late: (() => void) | undefined;
    await listen((request, socket) => {
      if (late === undefined) {
        late = () => void reply(request, socket, 1);
      } else {
        late();
        reply(request, socket, 2);
      }
    });
    await using client = await connectHsm(options());
    await expect(client.random(1)).rejects.toMatchObject({ code: "HsmUnavailable" });
    expect(await client.random(1)).toEqual(new Uint8Array([2]));
  });

  it("fails what is in flight when the host answers with something that is no message", async () => {
    await listen((_, socket) => void socket.write(new Uint8Array([0, 0, 0, 0])));
    await using client = await connectHsm(options());
    const calls = [client.random(1), client.random(1)];
    for (const call of calls) {
      await expect(call).rejects.toMatchObject({ code: "HsmUnavailable" });
    }
  });

  it("passes the host's error on, and an unknown code as Internal", async () => {
    const codes = ["HeadRollback", "NoSuchCode"];
    await listen(({ id }, socket) => {
      const failure = { code: codes.shift() ?? "", message: "words" };
      socket.write(encodeFrame(encodeResponse({ kind: "failure", id, failure })));
    });
    await using client = await connectHsm(options());
    await expect(client.random(1)).rejects.toMatchObject({
      code: "HeadRollback",
      message: "words",
    });
    await expect(client.random(1)).rejects.toMatchObject({ code: "Internal" });
  });

  it("lists heads over as many pages as there are", async () => {
    const all = ["a", "b", "c"].map((log) => ({ log, size: 1, root: new Uint8Array(32), time: 1 }));
    await listen(({ id, payload }, socket) => {
      const after = "after" in payload ? payload.after : "";
      const rest = all.filter(({ log }) => log > after);
      const result = { heads: rest.slice(0, 1), more: rest.length > 1 };
      socket.write(encodeFrame(encodeResponse({ kind: "result", id, verb: "heads", result })));
    });
    await using client = await connectHsm(options());
    expect((await client.heads()).map(({ log }) => log)).toEqual(["a", "b", "c"]);
  });

  it("ends although the host is away", async () => {
    await listen(() => undefined);
    const client = await connectHsm(options());
    server.close();
    sockets.forEach((socket) => void socket.destroy());
    await expect(client.random(1)).rejects.toMatchObject({ code: "HsmUnavailable" });
    await client[Symbol.asyncDispose]();
    await expect(client.random(1)).rejects.toMatchObject({ code: "HsmUnavailable" });
  });
});
