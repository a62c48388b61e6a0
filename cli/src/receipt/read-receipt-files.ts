// SPDX-License-Identifier: Apache-2.0
/** Files of who verifies a receipt: the receipt, heads that were kept, the release root, and the key that signs heads. */

import { createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { type LogHeadBody, logHeadSchema } from "@strongroom/api";
import { fromUtf8, parseJsonIfAny } from "@strongroom/core";
import { z } from "zod";
import { readBoundedFile } from "../read-bounded-file.ts";
import { CommandError } from "../terminal.ts";

/** A compact JWS. @throws {CommandError} `BadParameter` */
export async function readReceipt(file: string): Promise<string> {
  const text = (await readText(file)).trim();
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) {
    throw new CommandError("BadParameter", `${file} holds no receipt`);
  }
  return text;
}

const headSchema = z.looseObject(logHeadSchema.pick({ log: true, size: true, root: true }).shape);
const headsSchema = z.union([headSchema.transform((head) => [head]), z.array(headSchema).min(1)]);

/** Heads as `audit head` prints them: one, a list, or one a line. @throws {CommandError} `BadParameter` */
export async function readKeptHeads(
  file: string,
): Promise<readonly Pick<LogHeadBody, "log" | "size" | "root">[]> {
  const text = await readText(file);
  const whole = headsSchema.safeParse(parseJsonIfAny(text));
  if (whole.success) {
    return whole.data;
  }
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const heads = lines.map((line) => headSchema.safeParse(parseJsonIfAny(line)));
  if (heads.length === 0 || heads.some(({ success }) => !success)) {
    throw new CommandError("BadParameter", `${file} holds no head of an audit log`);
  }
  return heads.flatMap(({ data }) => data ?? []);
}

/** Fingerprints (SHA-256) of a file's PEM certificates. @throws {CommandError} `BadParameter` */
export async function readRootFingerprints(file: string): Promise<readonly string[]> {
  const blocks = (await readText(file)).match(
    /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g,
  );
  try {
    const roots = (blocks ?? []).map((pem) => new X509Certificate(pem));
    if (roots.length > 0) {
      return roots.map(({ fingerprint256 }) => fingerprint256.replaceAll(":", "").toLowerCase());
    }
  } catch {
    // Said below.
  }
  throw new CommandError("BadParameter", `${file} holds no certificate`);
}

/** A public key. @throws {CommandError} `BadParameter` */
export async function readHeadKey(file: string): Promise<KeyObject> {
  const pem = await readText(file);
  try {
    return createPublicKey(pem);
  } catch {
    throw new CommandError("BadParameter", `${file} holds no public key`);
  }
}

async function readText(file: string): Promise<string> {
  const bytes = await readBoundedFile(file);
  try {
    return fromUtf8(bytes);
  } catch {
    throw new CommandError("BadParameter", `${file} is no text`);
  }
}
