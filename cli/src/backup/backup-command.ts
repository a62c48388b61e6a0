// SPDX-License-Identifier: Apache-2.0
/** `strongroom backup` and `strongroom restore`: the whole installation, for backup operators and security officers. */

import { type BackupClient, createVaultClient } from "@strongroom/client";
import { systemClock } from "@strongroom/core";
import type { AddCommand, CommandContext } from "../command-context.ts";
import { type ConnectionOptions, readConnection, withConnection } from "../connection.ts";
import { CommandError, say } from "../terminal.ts";
import { awaitOperation } from "./await-operation.ts";
import { readHead, readStorage, type StorageOptions, withStorage } from "./options.ts";

interface RestoreOptions extends ConnectionOptions, StorageOptions {
  readonly folder?: string;
  readonly acceptRollback?: string;
}

/** Adds both. */
export const addBackupCommand: AddCommand = (program, context) => {
  const group = program.command("backup").description("backups of the whole installation");
  withStorage(
    withConnection(group.command("create").description("make one, and print its folder")),
  ).action(async (options: ConnectionOptions & StorageOptions) => {
    const storage = await readStorage(options);
    const { azureStorageBlobContainerUri: uri } = await withClient(options, async (client) =>
      awaitOperation(systemClock, await client.backUp(storage), client.backupState),
    );
    context.stdout.write(`${uri}\n`);
  });
  withConnection(
    group.command("head").description("print the head that --accept-rollback takes"),
  ).action(async (options: ConnectionOptions) => {
    const { state, reason, head } = await withClient(options, (client) => client.restoreStatus());
    say(context, reason === undefined ? `the vault is ${state}` : `the vault waits: ${reason}`);
    context.stdout.write(`${JSON.stringify(head)}\n`);
  });
  withStorage(
    withConnection(
      program.command("restore").description("go back to a backup, or to the store in place"),
    ),
  )
    .option("--folder <name>", "the backup's folder, as backup create printed it")
    .option("--accept-rollback <file>", "a head of the store that is given up, of backup head")
    .action(async (options: RestoreOptions) => await restore(context, options));
};

async function restore(context: CommandContext, options: RestoreOptions): Promise<void> {
  const { folder, acceptRollback } = options;
  const head = acceptRollback === undefined ? undefined : await readHead(acceptRollback);
  if (folder === undefined && head === undefined) {
    throw new CommandError(
      "BadParameter",
      "--folder names a backup, and --accept-rollback alone accepts the store in place",
    );
  }
  await withClient(options, async (client) => {
    const begun =
      folder === undefined && head !== undefined
        ? await client.acceptRollback(head)
        : await client.restore({
            sasTokenParameters: await readStorage(options),
            folderToRestore: folder?.split("/").at(-1) ?? "",
            ...(head && { acceptRollback: head }),
          });
    say(context, `operation ${begun.jobId} has begun`);
    await awaitOperation(systemClock, begun, client.restoreState);
  });
  say(context, "the vault serves the restored store");
}

async function withClient<T>(
  options: ConnectionOptions,
  work: (client: BackupClient) => Promise<T>,
): Promise<T> {
  using client = createVaultClient(await readConnection(options));
  return await work(client.backup);
}
