// SPDX-License-Identifier: Apache-2.0
/** The vault that a value is sealed for: from its resource in a file, or from the vault itself. */

import {
  namespaceNameSchema,
  type SealingKey,
  sealingKeySchema,
  uidSchema,
  vaultNameSchema,
} from "@strongroom/api";
import { createVaultClient } from "@strongroom/client";
import { parse } from "yaml";
import { z } from "zod";
import { type ConnectionOptions, readConnection, readText } from "../connection.ts";
import { CommandError } from "../terminal.ts";

/** Where to find the vault. */
export interface RecipientOptions extends Partial<ConnectionOptions> {
  readonly vault?: string;
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
    return await fromVault({ url, ca, tokenFile, ...(connect !== undefined && { connect }) });
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

async function fromVault(options: ConnectionOptions): Promise<Recipient> {
  using client = createVaultClient(await readConnection(options));
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

function parseText(text: string, file: string): unknown {
  try {
    // JSON is YAML, too.
    return parse(text);
  } catch {
    throw new CommandError("BadParameter", `${file} is neither JSON nor YAML`);
  }
}
