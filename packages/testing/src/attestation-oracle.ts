// SPDX-License-Identifier: Apache-2.0
/** Other people's verifiers of evidence, to compare ours with: Google's, in Go, one process that answers line by line. */

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { findAttestationOracle } from "./find-program.ts";

/** What the oracle says. */
export interface OracleAnswer {
  readonly accepted: boolean;
  readonly reason?: string;
  /** Nanoseconds for each of the repetitions that were asked for. */
  readonly mean?: number;
  readonly p99?: number;
}

/** A running oracle. */
export interface AttestationOracle extends Disposable {
  /** Names trust and endorsements; kinds are `snp`, `snp-signature` and `tdx`. */
  readonly setUp: (name: string, kind: string, trust: object) => Promise<OracleAnswer>;
  readonly verify: (name: string, evidence: Uint8Array, repeat?: number) => Promise<OracleAnswer>;
}

/** Starts it. Throws a sentence that says how to get it where it is not built. */
export function startAttestationOracle(): AttestationOracle {
  const child = spawn(findAttestationOracle(), [], { stdio: ["pipe", "pipe", "inherit"] });
  const ask = lineByLine(child);
  return {
    setUp: (setup, kind, trust) => ask({ setup, kind, trust }),
    verify: (use, evidence, repeat = 0) =>
      ask({ use, evidence: Buffer.from(evidence).toString("base64"), repeat }),
    [Symbol.dispose]: () => void child.kill(),
  };
}

function lineByLine(child: ChildProcessByStdio<Writable, Readable, null>) {
  const waiting: ((answer: OracleAnswer) => void)[] = [];
  createInterface({ input: child.stdout }).on("line", (line) =>
    waiting.shift()?.(JSON.parse(line)),
  );
  return (question: object): Promise<OracleAnswer> => {
    const { promise, resolve } = Promise.withResolvers<OracleAnswer>();
    waiting.push(resolve);
    child.stdin.write(`${JSON.stringify(question)}\n`);
    return promise;
  };
}
