// SPDX-License-Identifier: Apache-2.0
/**
 * Rubbish in great number: `node --conditions=@strongroom/source e2e/attestation/fuzz.ts COUNT [SEED [NAME]]`, of
 * all parsers or of those with NAME in theirs. Every execution has to return or to throw `EvidenceMalformed`, within a tenth
 * of a second of processor time.
 */

import { isStrongroomError } from "@strongroom/core";
import type { FuzzTarget } from "./fuzz-target.ts";
import { fuzzTargets } from "./fuzz-targets.ts";
import { type Random, randomOf } from "./random.ts";

/** Milliseconds of one execution. */
const longest = 100;

/** What was found. */
export interface Failure {
  readonly target: string;
  readonly problem: string;
  /** Hexadecimal. */
  readonly input: string;
}

/** Executions by target, and what was found. */
export interface FuzzResult {
  readonly executions: ReadonlyMap<string, number>;
  readonly failures: readonly Failure[];
}

/** Runs `count` executions in all, of the parsers that have `part` in their names. */
export function fuzz(count: number, seed: number, part = ""): FuzzResult {
  const random = randomOf(seed);
  const targets = fuzzTargets().filter(({ name }) => name.includes(part));
  const shares = targets.reduce((sum, { share }) => sum + share, 0);
  const executions = new Map<string, number>();
  const failures: Failure[] = [];
  for (const target of targets) {
    const own = Math.ceil((count * target.share) / shares);
    for (let turn = 0; turn < own && failures.length < 20; turn += 1) {
      const input = change(random.pick(target.corpus), target, random);
      const problem = execute(target, input);
      if (problem !== undefined) {
        failures.push({ target: target.name, problem, input: Buffer.from(input).toString("hex") });
      }
    }
    executions.set(target.name, own);
  }
  return { executions, failures };
}

function execute(target: FuzzTarget, input: Uint8Array): string | undefined {
  const before = performance.now();
  const cpu = process.cpuUsage();
  try {
    target.run(input);
  } catch (error) {
    if (!isStrongroomError(error, "EvidenceMalformed")) {
      return String(error);
    }
  }
  // Others may have had the processor meanwhile: only then is the time of this process asked for.
  if (performance.now() - before < longest) {
    return undefined;
  }
  const { user, system } = process.cpuUsage(cpu);
  return (user + system) / 1000 > longest ? `${(user + system) / 1000} ms` : undefined;
}

/** Bits, bytes, numbers at their limits, pieces left out, repeated, exchanged and taken from another input. */
function change(seed: Uint8Array, { corpus }: FuzzTarget, random: Random): Uint8Array {
  let bytes = Uint8Array.from(seed);
  for (let rounds = 1 + random.below(4); rounds > 0; rounds -= 1) {
    bytes = changeOnce(bytes, random.pick(corpus), random);
  }
  return bytes.subarray(0, 70_000);
}

const limits = [
  0, 1, 0x7f, 0x80, 0xff, 0x22, 0x5b, 0x7b, 0x30, 0x2d, 0x5c, 0xa0, 0x9f, 0xbf,
] as const;

function changeOnce(bytes: Uint8Array<ArrayBuffer>, other: Uint8Array, random: Random) {
  const position = random.below(bytes.length + 1);
  const length = random.below(Math.min(64, bytes.length) + 1);
  const piece = bytes.slice(position, position + length);
  switch (random.below(9)) {
    case 0:
      return bytes.slice(0, position);
    case 1:
      return splice(bytes, position, length, []);
    case 2:
      return splice(bytes, position, 0, piece);
    case 3:
      return splice(bytes, random.below(bytes.length + 1), length, piece);
    case 4:
      return splice(bytes, position, length, other.slice(position, position + length));
    case 5:
      return splice(bytes, position, 0, Array<number>(length * 16).fill(random.pick(limits)));
    case 6:
      return splice(bytes, position, 4, Array<number>(4).fill(random.pick(limits)));
    case 7:
      return splice(bytes, position, 1, [random.pick(limits)]);
    default:
      return splice(bytes, position, 1, [(bytes[position] ?? 0) ^ (1 << random.below(8))]);
  }
}

function splice(bytes: Uint8Array, position: number, length: number, piece: ArrayLike<number>) {
  const after = bytes.subarray(Math.min(bytes.length, position + length));
  const spliced = new Uint8Array(position + piece.length + after.length);
  spliced.set(bytes.subarray(0, position));
  spliced.set(piece, position);
  spliced.set(after, position + piece.length);
  return spliced;
}

if (import.meta.main) {
  const [count = "10000000", seed = "1", part] = process.argv.slice(2);
  const { executions, failures } = fuzz(Number(count), Number(seed), part);
  for (const { target, problem, input } of failures) {
    console.log(`${target}: ${problem}\n  ${input.slice(0, 2_000)}`);
  }
  const sum = [...executions.values()].reduce((total, one) => total + one, 0);
  console.log(`fuzz: ${sum} executions of ${executions.size} parsers, ${failures.length} failures`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
