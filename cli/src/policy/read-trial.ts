// SPDX-License-Identifier: Apache-2.0
/** From options to what is tried: a policy, and the claims of a token with who made it. */

import {
  type Claims,
  JsonTooDeep,
  parseJson,
  type ReferenceValues,
  type ReleasePolicy,
  toReferenceValues,
  type VouchedClaims,
} from "@strongroom/core";
import { type OutputForm, parseOutput } from "../output-form.ts";
import { parseInstant } from "../parse-instant.ts";
import { CommandError } from "../terminal.ts";
import { readAuthorityFile, readOptionFile, readPolicyFile } from "./read-policy-files.ts";

/** Options of `test`. */
export interface TrialOptions {
  readonly policy?: string;
  readonly claims?: string;
  readonly authority?: string;
  readonly at?: string;
  readonly output: string;
}

/** What is tried. */
export interface Trial {
  readonly policy: ReleasePolicy;
  readonly vouched: VouchedClaims;
  readonly at: Date;
  readonly references: ReferenceValues;
  readonly output: OutputForm;
}

/** Reads it. @throws {CommandError} `BadParameter` if an option or a file is of no use. */
export async function readTrial(options: TrialOptions): Promise<Trial> {
  const output = parseOutput(options.output);
  const { authority } = options;
  const rules = authority === undefined ? undefined : await readAuthorityFile(authority);
  return {
    policy: await readPolicyFile(options.policy),
    vouched: parseClaims(await readJson("--claims", options.claims)),
    at: parseInstant(options.at),
    references: toReferenceValues(rules?.references ?? []),
    output,
  };
}

async function readJson(option: string, path: string | undefined): Promise<unknown> {
  const text = await readOptionFile(option, path);
  try {
    return parseJson(text);
  } catch (error) {
    const what = error instanceof JsonTooDeep ? error.message : "not JSON";
    throw new CommandError("BadParameter", `${path} is ${what}`);
  }
}

function parseClaims(payload: unknown): VouchedClaims {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) {
    throw new CommandError("BadParameter", "the claims are no object");
  }
  const claims = payload as Claims;
  const issuer = Object.hasOwn(claims, "iss") ? claims["iss"] : undefined;
  if (typeof issuer !== "string" || issuer === "") {
    throw new CommandError("BadParameter", "the claims have no iss: an authority vouches for them");
  }
  return { issuer, claims };
}
