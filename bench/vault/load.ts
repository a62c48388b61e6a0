// SPDX-License-Identifier: Apache-2.0
/**
 * Load generator, a process of its own: keep-alive TLS connections that each ask again as soon as they have an answer, or
 * when the next request of a rate is due; its time then counts from when it was due.
 *
 * Reads a `LoadOrder` from standard input, prints a `LoadResult`. It parses no more of an answer than its status and
 * length, so that it costs less than what it measures.
 */

import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import { proofHeaderName } from "@strongroom/api";
import { percentile } from "../in-node.ts";
import type { LoadOrder, LoadResult } from "./load-order.ts";

const order = JSON.parse(readFileSync(0, "utf8")) as LoadOrder;
const proofs = order.proofs ?? [];
const requests = (proofs.length === 0 ? order.paths : proofs).map((_, index) => requestOf(index));

function requestOf(index: number): Buffer {
  const path = order.paths[index % order.paths.length];
  const proof = proofs[index] === undefined ? "" : `${proofHeaderName}: ${proofs[index]}\r\n`;
  return Buffer.from(
    `${order.body === undefined ? "GET" : "POST"} ${path} HTTP/1.1\r\nhost: ${order.serverName}\r\nauthorization: Bearer ${order.token}\r\n${proof}${bodyOf(order.body)}`,
  );
}

function bodyOf(body: string | undefined): string {
  return body === undefined
    ? "\r\n"
    : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const endOfHead = Buffer.from("\r\n\r\n");
const latencies: number[] = [];
let failures = 0;
let next = 0;
const begin = performance.now();
let isMeasuring = false;
let isOver = false;

/** One whole answer at the beginning of `received`: its status line and its length, or nothing yet. */
function firstAnswer(
  received: Buffer,
): { readonly status: string; readonly length: number } | undefined {
  const head = received.indexOf(endOfHead);
  if (head < 0) {
    return undefined;
  }
  const text = received.toString("latin1", 0, head);
  const length = head + endOfHead.length + Number(/content-length: (\d+)/i.exec(text)?.[1]);
  return received.length < length ? undefined : { status: text.slice(0, 12), length };
}

function note(status: string, sentAt: number): void {
  if (status !== "HTTP/1.1 200") {
    failures += 1;
  }
  if (isMeasuring) {
    latencies.push(performance.now() - sentAt);
  }
}

function run(): Promise<void> {
  return new Promise((resolve, reject) => {
    const { port, ca, serverName } = order;
    const socket = connect({ host: "127.0.0.1", port, ca, servername: serverName });
    let received: Buffer = Buffer.alloc(0);
    let sentAt = 0;
    const ask = () => {
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
    socket.on("secureConnect", ask);
    socket.on("data", (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const answer = firstAnswer(received);
      if (answer === undefined) {
        return;
      }
      note(answer.status, sentAt);
      received = received.subarray(answer.length);
      if (isOver) {
        socket.end();
      } else {
        ask();
      }
    });
    socket.on("close", () => resolve());
    socket.on("error", reject);
  });
}

const running = Array.from({ length: order.connections }, run);
setTimeout(() => {
  isMeasuring = true;
  process.stdout.write("measuring\n");
}, order.warmUpMs);
setTimeout(() => {
  isMeasuring = false;
  isOver = true;
}, order.warmUpMs + order.measureMs);
await Promise.all(running);
const result: LoadResult = {
  count: latencies.length,
  failures,
  p50: percentile(latencies, 0.5),
  p99: percentile(latencies, 0.99),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
