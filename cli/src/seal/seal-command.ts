// SPDX-License-Identifier: Apache-2.0
/** `strongroom seal`: its options. */

import { systemClock } from "@strongroom/core";
import type { AddCommand } from "../command-context.ts";
import { readInput } from "../read-input.ts";
import { CommandError } from "../terminal.ts";
import { type RecipientOptions, readRecipient } from "./read-recipient.ts";
import { sealValue } from "./seal-value.ts";
import { toManifest } from "./to-manifest.ts";

interface SealOptions extends RecipientOptions {
  readonly name: string;
  readonly serial?: string;
  readonly output: string;
}

/** Adds the command. */
export const addSealCommand: AddCommand = (program, context) => {
  program
    .command("seal")
    .description(
      "encrypt a value, read from standard input, for one name in one vault, to keep it in Git",
    )
    .requiredOption("--name <name>", "name of the secret in the vault")
    .option("--vault <file>", "the SecretVault, as kubectl get -o json or -o yaml prints it")
    .option("--url <url>", "or the vault's address, to ask it for its key")
    .option(
      "--connect <host:port>",
      "with --url: where to connect to, such as a port that is forwarded",
    )
    .option("--ca <file>", "with --url: certificate of the CA that vouches for the address")
    .option("--token-file <file>", "with --url: bearer token")
    .option(
      "--serial <number>",
      "higher than that of every earlier value; default the time in seconds",
    )
    .option("--output <form>", "jwe, or manifest for a whole VaultSecret", "jwe")
    .action(async (options: SealOptions) => {
      const form = parseForm(options.output);
      const serial = parseSerial(options.serial);
      const recipient = await readRecipient(options);
      using value = await readInput(context.stdin);
      const sealed = await sealValue(recipient, { name: options.name, serial }, value.reveal());
      context.stdout.write(
        form === "jwe" ? `${sealed}\n` : toManifest(recipient, options.name, sealed),
      );
    });
};

function parseForm(text: string): "jwe" | "manifest" {
  if (text !== "jwe" && text !== "manifest") {
    throw new CommandError("BadParameter", `--output is jwe or manifest, not ${text}`);
  }
  return text;
}

function parseSerial(text: string | undefined): number {
  if (text === undefined) {
    return Math.floor(systemClock.now().getTime() / 1_000);
  }
  if (!/^[1-9]\d{0,15}$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new CommandError("BadParameter", "--serial is a whole number above zero");
  }
  return Number(text);
}
