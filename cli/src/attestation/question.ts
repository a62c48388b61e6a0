// SPDX-License-Identifier: Apache-2.0
/** From options to what is verified: files read, hexadecimal and instants parsed. */

import { fromHex } from "@strongroom/core";
import { parseInstant } from "../parse-instant.ts";
import { readBoundedFile } from "../read-bounded-file.ts";
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
    endorsements: await Promise.all(options.endorsements.map(readBoundedFile)),
    trustRoots: await Promise.all(options.trustRoot.map(readBoundedFile)),
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
  return toBinary(await readBoundedFile(evidence));
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
