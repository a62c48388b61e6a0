// SPDX-License-Identifier: Apache-2.0

import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import { FrameReader } from "./frames.ts";
import { Outbox } from "./outbox.ts";

/** A socket that keeps what is written to it, and the memory that it was written from. */
function makeSocket(): {
  readonly socket: Socket;
  readonly writes: Buffer[];
  readonly copies: Buffer[];
} {
  const writes: Buffer[] = [];
  const copies: Buffer[] = [];
  const socket = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      writes.push(chunk);
      copies.push(Buffer.from(chunk));
      setImmediate(done);
    },
  });
  return { socket: socket as Socket, writes, copies };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function messagesOf(copies: readonly Buffer[]): readonly Buffer[] {
  const reader = new FrameReader(1 << 20);
  reader.push(Buffer.concat(copies));
  const messages: Buffer[] = [];
  for (let next = reader.next(); next !== undefined; next = reader.next()) {
    messages.push(Buffer.from(next));
  }
  return messages;
}

describe("an outbox", () => {
  it("sends what one turn gave it in one write, in its order, whatever its size", async () => {
    const { socket, copies } = makeSocket();
    const outbox = new Outbox(socket);
    const sizes = [1, 100, 5_000, 20_000, 1, 70_000, 300_000];
    sizes.forEach((size, index) => void outbox.send(new Uint8Array(size).fill(index + 1)));
    await settle();
    expect(copies).toHaveLength(1);
    expect(messagesOf(copies).map((message) => [message.length, message[0]])).toEqual(
      sizes.map((size, index) => [size, index + 1]),
    );
  });

  it("does not disturb what is still being written", async () => {
    const { socket, copies } = makeSocket();
    const outbox = new Outbox(socket);
    for (let turn = 1; turn <= 6; turn += 1) {
      outbox.send(new Uint8Array(10).fill(turn));
      await new Promise((resolve) => process.nextTick(resolve));
    }
    await settle();
    await settle();
    expect(messagesOf(copies).map(([byte]) => byte)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("leaves nothing of a message in memory once it is written", async () => {
    const { socket, writes } = makeSocket();
    const outbox = new Outbox(socket);
    const message = new Uint8Array(40).fill(7);
    outbox.send(message);
    outbox.send(new Uint8Array(30_000).fill(7));
    await settle();
    expect([...message, ...(writes[0] ?? [])].includes(7)).toBe(false);
  });

  it("drops what is sent after the socket's end", async () => {
    const { socket, copies } = makeSocket();
    const outbox = new Outbox(socket);
    socket.end();
    await settle();
    outbox.send(new Uint8Array(10).fill(1));
    await settle();
    expect(copies).toEqual([]);
  });
});
