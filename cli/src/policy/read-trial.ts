// SPDX-License-Identifier: Apache-2.0
/** From options to what is tried: a policy, and the claims of a token with who made it. */

import { attestationAuthoritySpecSchema } from "@strongroom/api";
import {
  type Claims,
  fromUtf8,
  type ReferenceValues,
  type ReleasePolicy,
  releasePolicySchema,
  toReferenceValues,
  type VouchedClaims,
} from "@strongroom/core";
import { parseInstant } from "../parse-instant.ts";
import { readBoundedFile } from "../read-bounded-file.ts";
import { CommandError } from "../terminal.ts";

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
  readonly output: "text" | "json";
}

/** Reads it. @throws {CommandError} `BadParameter` if an option or a file is of no use. */
export async function readTrial(options: TrialOptions): Promise<Trial> {
  const { output } = options;
  if (output !== "text" && output !== "json") {
    throw new CommandError("BadParameter", "--output is text or json");
  }
  return {
    policy: parsePolicy(await readJson("--policy", options.policy)),
    vouched: parseClaims(await readJson("--claims", options.claims)),
    at: parseInstant(options.at),
    references: await readReferences(options.authority),
    output,
  };
}

async function readJson(option: string, path: string | undefined): Promise<unknown> {
  if (path === undefined) {
    throw new CommandError("BadParameter", `${option} names no file`);
  }
  const bytes = await readBoundedFile(path);
  try {
    return JSON.parse(fromUtf8(bytes));
  } catch {
    throw new CommandError("BadParameter", `${path} is not JSON`);
  }
}

/** Sets of a resource, or of its `spec` alone. */
async function readReferences(path: string | undefined): Promise<ReferenceValues> {
  if (path === undefined) {
    return toReferenceValues([]);
  }
  const text = await readJson("--authority", path);
  const isResource = typeof text === "object" && text !== null && "spec" in text;
  const parsed = attestationAuthoritySpecSchema.safeParse(isResource ? text.spec : text);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = ["authority", ...(issue?.path ?? [])].join(".");
    throw new CommandError("BadParameter", `${place}: ${issue?.message ?? "malformed"}`);
  }
  return toReferenceValues(parsed.data.references);
}

function parsePolicy(text: unknown): ReleasePolicy {
  const parsed = releasePolicySchema.safeParse(text);
  if (parsed.success) {
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  const place = ["policy", ...(issue?.path ?? [])].join(".");
  throw new CommandError("BadParameter", `${place}: ${issue?.message ?? "malformed"}`);
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
