// SPDX-License-Identifier: Apache-2.0
/** A client that may break the protocol: frames as the test wants them, answers as they come. */

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { decodeHelloAnswer, decodeResponse, encodeHello } from "../wire/codec.ts";
import { encodeFrame, FrameReader } from "../wire/frames.ts";
import { maxFrameBytes } from "../wire/limits.ts";
import { type HelloAnswer, protocolVersion, type Response } from "../wire/messages.ts";

/** A connection without manners. */
export interface RawClient extends Disposable {
  write(bytes: Uint8Array): void;
  /** The host's first message. */
  hello(): Promise<HelloAnswer>;
  /** The next answer. */
  response(): Promise<Response>;
  /** Resolves when the host has closed the connection. */
  readonly closed: Promise<unknown>;
}

/** Connects to the host in `directory`; says nothing yet. */
export async function connectRaw(directory: string): Promise<RawClient> {
  const socket = connect(join(directory, "hsm.sock"));
  await once(socket, "connect");
  const reader = new FrameReader(maxFrameBytes);
  const frames: Uint8Array[] = [];
  let wake: () => void = () => undefined;
  socket.on("error", () => undefined);
  socket.on("data", (chunk: Buffer) => {
    reader.push(chunk);
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
      frames.push(frame);
    }
    wake();
  });
  const next = async (): Promise<Uint8Array> => {
    for (;;) {
      const frame = frames.shift();
      if (frame !== undefined) {
        return frame;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return {
    write: (bytes) => void socket.write(bytes),
    hello: async () => decodeHelloAnswer(await next()),
    response: async () => decodeResponse(await next()),
    closed: new Promise((resolve) => socket.once("close", resolve)),
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

/** Connects and shows the secret. */
export async function connectWelcome(directory: string): Promise<RawClient> {
  const client = await connectRaw(directory);
  const secret = await readFile(join(directory, "secret"), "utf8");
  client.write(encodeFrame(encodeHello({ version: protocolVersion, secret })));
  await client.hello();
  return client;
}
