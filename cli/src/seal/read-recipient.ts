// SPDX-License-Identifier: Apache-2.0
/** The vault that a value is sealed for: from its resource in a file, or from the vault itself. */

import { readFile } from "node:fs/promises";
import {
  namespaceNameSchema,
  type SealingKey,
  sealingKeySchema,
  uidSchema,
  vaultNameSchema,
} from "@strongroom/api";
import { createVaultClient, type VaultClientOptions } from "@strongroom/client";
import { parse } from "yaml";
import { z } from "zod";
import { errnoOf } from "../errno.ts";
import { CommandError } from "../terminal.ts";

/** Where to find the vault. */
export interface RecipientOptions {
  readonly vault?: string;
  readonly url?: string;
  readonly connect?: string;
  readonly ca?: string;
  readonly tokenFile?: string;
}

/** A vault with its key. */
export interface Recipient {
  /** Its uid. */
  readonly vault: string;
  readonly vaultName: string;
  readonly namespace: string;
  readonly key: SealingKey;
}

const resourceSchema = z.object({
  kind: z.literal("SecretVault"),
  metadata: z.object({ name: vaultNameSchema, namespace: namespaceNameSchema }),
  status: z.object({ uid: uidSchema, sealingKey: sealingKeySchema.optional() }).optional(),
});

/** Finds it. @throws {CommandError} if it cannot, or the vault has no sealing key yet */
export async function readRecipient(options: RecipientOptions): Promise<Recipient> {
  const { vault, url, connect, ca, tokenFile } = options;
  if (vault !== undefined && url === undefined) {
    return await fromResource(vault);
  }
  if (vault === undefined && url !== undefined && ca !== undefined && tokenFile !== undefined) {
    const { host: serverName, ...rest } = parseUrl(url);
    const dial =
      connect === undefined ? { host: serverName, ...rest } : parseUrl(`https://${connect}`);
    return await fromVault({ dial, serverName }, { ca, tokenFile });
  }
  throw new CommandError(
    "BadParameter",
    "name the vault by --vault, or by --url with --ca and --token-file",
    "kubectl get secretvault NAME -o yaml > vault.yaml",
  );
}

async function fromResource(file: string): Promise<Recipient> {
  const parsed = resourceSchema.safeParse(parseText(await readText(file), file));
  if (!parsed.success) {
    throw new CommandError("BadParameter", `${file} holds no SecretVault`);
  }
  const { metadata, status } = parsed.data;
  return {
    vault: status?.uid ?? "",
    vaultName: metadata.name,
    namespace: metadata.namespace,
    key: requireKey(status?.sealingKey),
  };
}

async function fromVault(
  place: Pick<VaultClientOptions, "dial" | "serverName">,
  files: { readonly ca: string; readonly tokenFile: string },
): Promise<Recipient> {
  const ca = await readText(files.ca);
  const token = await readText(files.tokenFile);
  using client = createVaultClient({ ...place, ca: () => ca, token: async () => token });
  const { uid, name, namespace, sealingKey } = await client.vaultIdentity();
  return { vault: uid, vaultName: name, namespace, key: requireKey(sealingKey) };
}

function requireKey(key: SealingKey | undefined): SealingKey {
  if (key === undefined) {
    throw new CommandError(
      "NotFound",
      "the vault has no sealing key yet",
      "the operator has it made when the SecretVault is Ready; look again in a moment",
    );
  }
  return key;
}

function parseUrl(url: string): { readonly host: string; readonly port: number } {
  const parsed = URL.parse(url);
  if (parsed?.protocol !== "https:") {
    throw new CommandError("BadParameter", `${url} is no https address`);
  }
  return { host: parsed.hostname, port: parsed.port === "" ? 443 : Number(parsed.port) };
}

function parseText(text: string, file: string): unknown {
  try {
    // JSON is YAML, too.
    return parse(text);
  } catch {
    throw new CommandError("BadParameter", `${file} is neither JSON nor YAML`);
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new CommandError(
      "BadParameter",
      `${file} cannot be read (${errnoOf(error) ?? "failed"})`,
    );
  }
}
