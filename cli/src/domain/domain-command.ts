// SPDX-License-Identifier: Apache-2.0
/** `strongroom domain`: activating the HSM with custodians, recovering its keys, rotating them. */

import { createVaultClient, type DomainClient } from "@strongroom/client";
import type { AddCommand, CommandContext } from "../command-context.ts";
import { type ConnectionOptions, readConnection, withConnection } from "../connection.ts";
import { CommandError, say } from "../terminal.ts";
import { writeNew } from "../write-file.ts";
import { readCertificates, readValue } from "./files.ts";
import { makeRestore, type RestoreOptions } from "./make-restore.ts";

/** Longest wait for a ceremony, in milliseconds. */
const ceremonyTimeout = 180_000;

interface OutputOption {
  readonly output: string;
}

interface CustodianOptions {
  readonly certificate: readonly string[];
  readonly required: string;
}

/** Makes a command that talks to the vault. */
type Online = (name: string, description: string) => ReturnType<typeof withConnection>;

/** Adds the group. */
export const addDomainCommand: AddCommand = (program, context) => {
  const group = program
    .command("domain")
    .description("the HSM's security domain and its keys, for security officers and custodians");
  const online: Online = (name, description) =>
    withConnection(group.command(name).description(description));

  online("status", "print the state of domain and keys").action(
    async (options: ConnectionOptions) => {
      const status = await officer(options, (client) => client.status());
      context.stdout.write(`${JSON.stringify(status, undefined, 2)}\n`);
    },
  );
  online("download", "activate the HSM: make its keys, which these custodians can recover")
    .requiredOption("--certificate <file...>", "certificates of three to ten custodians, PEM")
    .requiredOption("--required <count>", "how many of them recover the keys together")
    .requiredOption("--output <file>", "the security domain; keep copies in several places")
    .action(async (options: ConnectionOptions & CustodianOptions & OutputOption) => {
      const certificates = await readCertificates(options.certificate);
      const request = { certificates, required: countOf(options.required) };
      const value = await officer(options, (client) => client.download(request));
      await writeNew(options.output, `${value}\n`);
      say(context, `the HSM is active, and ${options.output} recovers its keys`);
    });
  addRecovery(online, context);
  addOffline(group, context);
  addRotation(online, context);
};

function addRecovery(online: Online, context: CommandContext): void {
  online("init-recovery", "fetch the exchange key of an HSM whose keys are to be recovered")
    .requiredOption("--output <file>", "the exchange key, for custodians")
    .action(async (options: ConnectionOptions & OutputOption) => {
      const key = await officer(options, (client) => client.transferKey());
      await writeNew(options.output, `${JSON.stringify(key, undefined, 2)}\n`);
      say(context, `fingerprint ${key.transfer_key.kid}`);
      say(context, 'compare it with the line "exchange key" in the log of the HSM host itself');
    });
  online("upload", "recover the keys with a restore file")
    .requiredOption("--restore-blob <file>", "the restore file")
    .action(async (options: ConnectionOptions & { readonly restoreBlob: string }) => {
      const value = await readValue(options.restoreBlob);
      await officer(options, (client) => client.upload(value));
      say(context, "the HSM has its keys");
    });
}

function addOffline(group: ReturnType<typeof withConnection>, context: CommandContext): void {
  group
    .command("restore-blob")
    .description("encrypt custodians' shares to the exchange key; needs no network")
    .requiredOption("--domain <file>", "the security domain")
    .requiredOption("--exchange-key <file>", "what init-recovery wrote")
    .requiredOption("--fingerprint <hex>", "of the exchange key, from the HSM host's own log")
    .requiredOption("--key <file...>", "custodians' private keys, PEM")
    .option("--passphrase-file <file>", "passphrase of the private keys")
    .option("--add-to <file>", "restore file of other custodians, to add to")
    .requiredOption("--output <file>", "the restore file")
    .action(async (options: RestoreOptions & OutputOption) => {
      const { value, missing } = await makeRestore(options);
      await writeNew(options.output, `${value}\n`);
      say(
        context,
        missing === 0 ? "a quorum has taken part" : `${missing} more custodians are needed`,
      );
    });
}

function addRotation(online: Online, { stdout }: CommandContext): void {
  online("rotate", "make new key encryption keys, and a security domain for them")
    .option("--certificate <file...>", "other custodians, whose predecessors' quorum takes part")
    .option("--required <count>", "with --certificate: how many of them recover the keys")
    .option("--restore-blob <file>", "with --certificate: restore file of the present custodians")
    .action(
      async (options: ConnectionOptions & Partial<CustodianOptions> & { restoreBlob?: string }) => {
        const { certificate, required, restoreBlob } = options;
        const status = await officer(options, async (client) =>
          client.rotate({
            certificates: await readCertificates(certificate ?? []),
            ...(required !== undefined && { required: countOf(required) }),
            ...(restoreBlob !== undefined && { restore: await readValue(restoreBlob) }),
          }),
        );
        stdout.write(`${JSON.stringify(status, undefined, 2)}\n`);
      },
    );
  online(
    "retire",
    "destroy old key encryption keys, once nothing in the store is under them",
  ).action(async (options: ConnectionOptions) => {
    const status = await officer(options, (client) => client.retire());
    stdout.write(`${JSON.stringify(status, undefined, 2)}\n`);
  });
}

async function officer<T>(
  options: ConnectionOptions,
  work: (client: DomainClient) => Promise<T>,
): Promise<T> {
  const connection = { ...(await readConnection(options)), timeoutMs: ceremonyTimeout };
  using client = createVaultClient(connection);
  return await work(client.domain);
}

function countOf(text: string): number {
  if (!/^\d{1,2}$/.test(text)) {
    throw new CommandError("BadParameter", "--required is a number from 2 to 10");
  }
  return Number(text);
}
