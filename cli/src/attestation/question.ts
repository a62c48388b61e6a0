// SPDX-License-Identifier: Apache-2.0
/** From options to what is verified: files read, hexadecimal and instants parsed. */

import { open } from "node:fs/promises";
import { fromHex, systemClock } from "@strongroom/core";
import { CommandError } from "../terminal.ts";
import type { Question } from "./answer.ts";
import { toBinary } from "./evidence-bytes.ts";

/** Where the evidence is. */
export interface EvidenceOptions {
  readonly evidence?: string;
}

/** Options of `verify`. */
export interface VerifyOptions extends EvidenceOptions {
  readonly type?: string;
  readonly endorsements: readonly string[];
  readonly reportData?: string;
  readonly nonce?: string;
  readonly at?: string;
  readonly trustRoot: readonly string[];
  readonly allowDebug?: true;
  readonly output: string;
}

/** Most bytes of a file; a verifier bounds what it reads of them further. */
const mostFileBytes = 4_194_304;

const reportDataBytes = 64;

/** Reads what is to be verified. @throws {CommandError} `BadParameter` if an option or a file is of no use. */
export async function readQuestion(
  options: VerifyOptions,
): Promise<{ readonly kind: "tdx" | "sgx"; readonly question: Question }> {
  const kind = options.type;
  if (kind !== "tdx" && kind !== "sgx") {
    throw new CommandError("BadParameter", "--type is tdx or sgx");
  }
  if (options.output !== "json") {
    throw new CommandError("BadParameter", "--output is json");
  }
  const reportData = parseBinding(options);
  const question: Question = {
    evidence: await readEvidence(options),
    endorsements: await Promise.all(options.endorsements.map(readFile)),
    trustRoots: await Promise.all(options.trustRoot.map(readFile)),
    ...(reportData === undefined ? {} : { reportData }),
    at: parseInstant(options.at),
    allowDebug: options.allowDebug === true,
  };
  return { kind, question };
}

/** Reads the evidence. @throws {CommandError} `BadParameter` if there is none. */
export async function readEvidence({ evidence }: EvidenceOptions): Promise<Uint8Array> {
  if (evidence === undefined) {
    throw new CommandError("BadParameter", "--evidence names no file");
  }
  return toBinary(await readFile(evidence));
}

async function readFile(path: string): Promise<Uint8Array> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size <= mostFileBytes) {
      return new Uint8Array(await file.readFile());
    }
  } catch {
    throw new CommandError("BadParameter", `cannot read ${path}`);
  }
  throw new CommandError("BadParameter", `${path} is longer than ${mostFileBytes} bytes`);
}

function parseBinding({ reportData, nonce }: VerifyOptions): Uint8Array | undefined {
  if (reportData !== undefined && nonce !== undefined) {
    throw new CommandError("BadParameter", "--report-data and --nonce exclude each other");
  }
  const text = reportData ?? nonce;
  if (text === undefined) {
    return undefined;
  }
  const bytes = fromHex(text);
  if (bytes.length === 0 || bytes.length > reportDataBytes) {
    throw new CommandError("BadParameter", `report data has 1 to ${reportDataBytes} bytes`);
  }
  const padded = new Uint8Array(reportDataBytes);
  padded.set(bytes);
  return padded;
}

function parseInstant(text: string | undefined): Date {
  if (text === undefined) {
    return systemClock.now();
  }
  const at = new Date(text);
  if (
    !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text) ||
    Number.isNaN(at.getTime())
  ) {
    throw new CommandError("BadParameter", "--at is no instant as 2026-01-31T12:00:00Z");
  }
  return at;
}
