// SPDX-License-Identifier: Apache-2.0
/** Files that people keep: a policy, alone or as a KeyReleasePolicy, and the AttestationAuthority. JSON or YAML. */

import { type AttestationAuthoritySpec, attestationAuthoritySpecSchema } from "@strongroom/api";
import { fromUtf8, type ReleasePolicy, releasePolicySchema } from "@strongroom/core";
import { parse } from "yaml";
import type { z } from "zod";
import { readBoundedFile } from "../read-bounded-file.ts";
import { CommandError } from "../terminal.ts";

/** Reads a policy. @throws {CommandError} `BadParameter` where the file is missing or is none. */
export async function readPolicyFile(path: string | undefined): Promise<ReleasePolicy> {
  const content = await readYaml("--policy", path);
  const policy = memberOf(memberOf(content, "spec"), "policy");
  return parsed("policy", releasePolicySchema, policy ?? content);
}

/** Reads an authority's rules, of the resource or of its `spec` alone. @throws {CommandError} `BadParameter` */
export async function readAuthorityFile(path: string): Promise<AttestationAuthoritySpec> {
  const content = await readYaml("--authority", path);
  const spec = memberOf(content, "spec") ?? content;
  return parsed("authority", attestationAuthoritySpecSchema, spec);
}

/** Bytes of the file that an option names, as text. @throws {CommandError} `BadParameter` */
export async function readOptionFile(option: string, path: string | undefined): Promise<string> {
  if (path === undefined) {
    throw new CommandError("BadParameter", `${option} names no file`);
  }
  const bytes = await readBoundedFile(path);
  try {
    // Windows' editors and shells begin a text with a byte order mark.
    return fromUtf8(bytes).replace(/^\uFEFF/, "");
  } catch {
    throw new CommandError("BadParameter", `${path} is no text`);
  }
}

async function readYaml(option: string, path: string | undefined): Promise<unknown> {
  const text = await readOptionFile(option, path);
  try {
    return parse(text);
  } catch {
    throw new CommandError("BadParameter", `${path} is neither JSON nor YAML`);
  }
}

function memberOf(content: unknown, name: string): unknown {
  const isObject = typeof content === "object" && content !== null && !Array.isArray(content);
  return isObject && Object.hasOwn(content, name)
    ? (content as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function parsed<T>(root: string, schema: z.ZodType<T>, content: unknown): T {
  const result = schema.safeParse(content);
  if (result.success) {
    return result.data;
  }
  const [issue] = result.error.issues;
  const place = [root, ...(issue?.path ?? [])].join(".");
  throw new CommandError("BadParameter", `${place}: ${issue?.message ?? "malformed"}`);
}
