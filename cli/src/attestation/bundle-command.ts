// SPDX-License-Identifier: Apache-2.0
/** `strongroom attestation bundle`: endorsements fetched where a network is, carried in a file, taken where none is. */

import { writeDurably } from "@strongroom/core";
import {
  type EndorsementLibrary,
  type EndorsementSources,
  exportBundle,
  importBundle,
  mostBundleBytes,
  openEndorsementCache,
} from "@strongroom/endorsements";
import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { readFileUpTo } from "../read-bounded-file.ts";
import { CommandError, say } from "../terminal.ts";
import { fetchForEvidence } from "./fetch-for-evidence.ts";
import {
  type LibraryOptions,
  openLibrary,
  readSources,
  type SourceOptions,
} from "./open-library.ts";

interface ExportOptions extends SourceOptions, LibraryOptions {
  readonly evidence: readonly string[];
  readonly output: string;
}

const collect = (path: string, before: readonly string[]) => [...before, path];
const none: readonly string[] = [];

/** Adds the group. */
export function addBundleCommand(attestation: Command, context: CommandContext): void {
  const group = attestation
    .command("bundle")
    .description("what vendors signed about machines, for places without a network");
  group
    .command("export")
    .description("write what a folder of endorsements holds into one file")
    .requiredOption("--cache <folder>", "the folder; a node plugin's, or one of your own")
    .requiredOption("-o, --output <file>", "the bundle")
    .option(
      "--evidence <file>",
      "first fetch what this SNP report, TDX or SGX quote needs; may be repeated",
      collect,
      none,
    )
    .option("--amd-url <url>", "AMD's Key Distribution Service, https")
    .option(
      "--intel-url <url>",
      "Intel's Provisioning Certification Service or a cache of it, https",
    )
    .option("--intel-root-crl-url <url>", "where the root's revocation list is, if elsewhere")
    .option("--ca <file>", "PEM certificates that the services' must be of")
    .option("--trust-root <file>", "trust this certificate in place of the vendor's", collect, none)
    .action((options: ExportOptions) => runExport(context, options));
  group
    .command("import")
    .description("verify a bundle and take all of it into a folder of endorsements")
    .argument("<file>", "the bundle")
    .requiredOption("--cache <folder>", "the folder")
    .option("--trust-root <file>", "trust this certificate in place of the vendor's", collect, none)
    .action((file: string, options: LibraryOptions) => runImport(context, file, options));
}

async function runExport(context: CommandContext, options: ExportOptions): Promise<void> {
  const sources: EndorsementSources = await readSources(options);
  const library = await openLibrary(options, sources, context);
  await fetchAll(library, options.evidence);
  const cache = await openEndorsementCache(options.cache);
  const all = await cache.list();
  if (all.length === 0) {
    throw new CommandError("NotFound", "the folder holds no endorsements");
  }
  await writeDurably(options.output, exportBundle(all), 0o644);
  say(context, `${all.length} endorsements written`);
}

async function fetchAll(library: EndorsementLibrary, files: readonly string[]): Promise<void> {
  for (const file of files) {
    await fetchForEvidence(library, file);
  }
}

async function runImport(
  context: CommandContext,
  file: string,
  options: LibraryOptions,
): Promise<void> {
  const library = await openLibrary(options, {}, context);
  const { taken, older } = await importBundle(library, await readFileUpTo(mostBundleBytes, file));
  say(context, `${taken.length} endorsements taken`);
  if (older.length > 0) {
    say(context, `${older.length} left alone: newer ones are there already`);
  }
}
