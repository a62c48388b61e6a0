// SPDX-License-Identifier: Apache-2.0
/** From options to what is verified: files read, hexadecimal and instants parsed. */

import { fromHex } from "@strongroom/core";
import { parseInstant } from "../parse-instant.ts";
import { readBoundedFile } from "../read-bounded-file.ts";
import { CommandError } from "../terminal.ts";
import type { Question } from "./answer.ts";
import { checkTrustRoots } from "./check-trust-roots.ts";
import { unwrapRequest } from "./evidence-json.ts";
import { type EvidenceKind, evidenceKinds, isEvidenceKind } from "./evidence-kinds.ts";

/** Where the evidence is, and of which kind. */
export interface EvidenceOptions {
  readonly type?: string;
  readonly evidence?: string;
}

/** Options of `verify`. */
export interface VerifyOptions extends EvidenceOptions {
  readonly endorsements: readonly string[];
  readonly reportData?: string;
  readonly nonce?: string;
  readonly at?: string;
  readonly trustRoot: readonly string[];
  readonly allowDebug?: true;
  readonly output: string;
}

/** Most bytes that evidence is bound to: what an attestation document of Nitro holds. */
const mostBindingBytes = 1024;

/** Reads what is to be verified. @throws {CommandError} `BadParameter` if an option or a file is of no use. */
export async function readQuestion(
  options: VerifyOptions,
): Promise<{ readonly kind: EvidenceKind; readonly question: Question }> {
  const kind = parseKind(options.type);
  if (options.output !== "json") {
    throw new CommandError("BadParameter", "--output is json");
  }
  const question: Question = {
    binding: parseBinding(options),
    evidence: await readEvidence(options),
    endorsements: await Promise.all(options.endorsements.map(readBoundedFile)),
    trustRoots: await Promise.all(options.trustRoot.map(readBoundedFile)),
    at: parseInstant(options.at),
    allowDebug: options.allowDebug === true,
  };
  checkTrustRoots(kind, question.trustRoots);
  return { kind, question };
}

/** The kind that was named. @throws {CommandError} `BadParameter` if there is none such. */
export function parseKind(type: string | undefined): EvidenceKind {
  if (type === undefined || !isEvidenceKind(type)) {
    throw new CommandError("BadParameter", `--type is one of ${evidenceKinds.join(", ")}`);
  }
  return type;
}

/** Reads the evidence. @throws {CommandError} `BadParameter` if there is none. */
export async function readEvidence({ evidence }: EvidenceOptions): Promise<Uint8Array> {
  if (evidence === undefined) {
    throw new CommandError("BadParameter", "--evidence names no file");
  }
  return unwrapRequest(await readBoundedFile(evidence));
}

function parseBinding({ reportData, nonce }: VerifyOptions): Question["binding"] {
  if (reportData !== undefined && nonce !== undefined) {
    throw new CommandError("BadParameter", "--report-data and --nonce exclude each other");
  }
  const text = reportData ?? nonce;
  if (text === undefined) {
    return undefined;
  }
  const bytes = fromHex(text);
  if (bytes.length === 0 || bytes.length > mostBindingBytes) {
    throw new CommandError("BadParameter", `--nonce has 1 to ${mostBindingBytes} bytes`);
  }
  return { kind: nonce === undefined ? "report-data" : "nonce", bytes };
}
