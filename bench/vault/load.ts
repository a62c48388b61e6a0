// SPDX-License-Identifier: Apache-2.0
/**
 * Load generator, a process of its own: keep-alive TLS connections that each ask again as soon as they have an answer, or
 * when the next request of a rate is due; its time then counts from when it was due.
 *
 * Reads a `LoadOrder` from standard input, prints a `LoadResult`. It parses no more of an answer than its status and
 * length, so that it costs less than what it measures.
 */

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type TLSSocket } from "node:tls";
import { proofHeaderName } from "@strongroom/api";
import { percentile } from "../in-node.ts";
import type { LoadOrder, LoadResult } from "./load-order.ts";

const order = JSON.parse(readFileSync(0, "utf8")) as LoadOrder;
const { bodies, proofs = [] } = order;
const each = bodies ?? (proofs.length === 0 ? order.paths : proofs);
const requests = each.map((_, index) => requestOf(index));
const mostSent = bodies?.length ?? Number.POSITIVE_INFINITY;

function requestOf(index: number): Buffer {
  const path = order.paths[index % order.paths.length];
  const proof = proofs[index] === undefined ? "" : `${proofHeaderName}: ${proofs[index]}\r\n`;
  const body = bodies?.[index] ?? order.body;
  return Buffer.from(
    `${body === undefined ? "GET" : "POST"} ${path} HTTP/1.1\r\nhost: ${order.serverName}\r\nauthorization: Bearer ${order.token}\r\n${proof}${bodyOf(body)}`,
  );
}

function bodyOf(body: string | undefined): string {
  return body === undefined
    ? "\r\n"
    : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const good = "HTTP/1.1 200";
const endOfHead = Buffer.from("\r\n\r\n");
const latencies: number[] = [];
const answers: string[] = [];
let failures = 0;
let next = 0;
let measuredFrom = Number.POSITIVE_INFINITY;
let elapsedMs = 0;
let isOver = false;

/** One whole answer at the beginning of `received`: its status line, where its body is, or nothing yet. */
function firstAnswer(
  received: Buffer,
): { readonly status: string; readonly start: number; readonly length: number } | undefined {
  const head = received.indexOf(endOfHead);
  if (head < 0) {
    return undefined;
  }
  const text = received.toString("latin1", 0, head);
  const start = head + endOfHead.length;
  const length = start + Number(/content-length: (\d+)/i.exec(text)?.[1]);
  return received.length < length
    ? undefined
    : { status: text.slice(0, good.length), start, length };
}

function note(status: string, sentAt: number): void {
  if (status !== good) {
    failures += 1;
  }
  const now = performance.now();
  if (now >= measuredFrom && !isOver) {
    latencies.push(now - sentAt);
  }
}

async function open(): Promise<TLSSocket> {
  const { port, ca, serverName } = order;
  const socket = connect({ host: "127.0.0.1", port, ca, servername: serverName });
  await once(socket, "secureConnect");
  return socket;
}

function run(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    let sentAt = 0;
    const ask = () => {
      if (isOver || next >= mostSent) {
        socket.end();
        return;
      }
      const index = next;
      next += 1;
      const due = begin + (1_000 * index) / (order.perSecond ?? Number.POSITIVE_INFINITY);
      const send = () => {
        sentAt = order.perSecond === undefined ? performance.now() : due;
        socket.write(requests[index % requests.length] ?? "");
      };
      const early = due - performance.now();
      if (early > 0) {
        setTimeout(send, early);
      } else {
        send();
      }
    };
    socket.on("data", (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const answer = firstAnswer(received);
      if (answer === undefined) {
        return;
      }
      note(answer.status, sentAt);
      if (bodies !== undefined && answer.status === good) {
        answers.push(received.toString("utf8", answer.start, answer.length));
      }
      received = received.subarray(answer.length);
      ask();
    });
    socket.on("close", () => resolve());
    socket.on("error", reject);
    ask();
  });
}

function measure(): void {
  measuredFrom = performance.now();
  process.stdout.write("measuring\n");
}

/** Ends what is measured: when the time is over, or with the last answer. */
function end(): void {
  if (!isOver) {
    isOver = true;
    elapsedMs = performance.now() - measuredFrom;
    process.stdout.write("measured\n");
  }
}

// Handshakes are no part of what is measured.
const sockets = await Promise.all(Array.from({ length: order.connections }, open));
const begin = performance.now();
const timers = [setTimeout(end, order.warmUpMs + order.measureMs)];
if (bodies === undefined) {
  timers.push(setTimeout(measure, order.warmUpMs));
} else {
  measure();
}
await Promise.all(sockets.map(run));
end();
timers.forEach(clearTimeout);
const result: LoadResult = {
  count: latencies.length,
  failures,
  elapsedMs,
  p50: percentile(latencies, 0.5),
  p99: percentile(latencies, 0.99),
  answers,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
