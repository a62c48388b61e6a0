// SPDX-License-Identifier: Apache-2.0
/** Options that say where a vault is and who asks, for every command that talks to one. */

import { readFile } from "node:fs/promises";
import type { VaultClientOptions } from "@strongroom/client";
import { errnoOf } from "@strongroom/core";
import type { Command } from "commander";
import { CommandError } from "./terminal.ts";

/** The options as they are given. */
export interface ConnectionOptions {
  readonly url: string;
  readonly connect?: string;
  readonly ca: string;
  readonly tokenFile: string;
}

/** Adds them to a command that always needs them. */
export function withConnection(command: Command): Command {
  return command
    .requiredOption("--url <url>", "address, such as https://strongroom.strongroom-system.svc")
    .option("--connect <host:port>", "where to connect to, such as a port that is forwarded")
    .requiredOption("--ca <file>", "certificate of the CA that vouches for the address")
    .requiredOption("--token-file <file>", "bearer token");
}

/** Adds them to a command that may do without. */
export function withOptionalConnection(command: Command): Command {
  return command
    .option("--url <url>", "address of a running vault's installation")
    .option("--connect <host:port>", "where to connect to, such as a port that is forwarded")
    .option("--ca <file>", "certificate of the CA that vouches for the address")
    .option("--token-file <file>", "bearer token");
}

/** Options that must all be there after all. @throws {CommandError} `BadParameter` */
export function requireConnection({
  url,
  ca,
  tokenFile,
  connect,
}: Partial<ConnectionOptions>): ConnectionOptions {
  if (url === undefined || ca === undefined || tokenFile === undefined) {
    throw new CommandError("BadParameter", "--url needs --ca and --token-file");
  }
  return { url, ca, tokenFile, ...(connect !== undefined && { connect }) };
}

/** What a client needs. @throws {CommandError} `BadParameter` if a file cannot be read, or the address is none */
export async function readConnection(options: ConnectionOptions): Promise<VaultClientOptions> {
  const { host: serverName, port } = parseUrl(options.url);
  const { connect } = options;
  const dial = connect === undefined ? { host: serverName, port } : parseUrl(`https://${connect}`);
  const ca = await readText(options.ca);
  const token = await readText(options.tokenFile);
  return { dial, serverName, ca: () => ca, token: async () => token };
}

function parseUrl(url: string): { readonly host: string; readonly port: number } {
  const parsed = URL.parse(url);
  if (parsed?.protocol !== "https:") {
    throw new CommandError("BadParameter", `${url} is no https address`);
  }
  return { host: parsed.hostname, port: parsed.port === "" ? 443 : Number(parsed.port) };
}

/** Text of a file. @throws {CommandError} `BadParameter` if it cannot be read */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new CommandError(
      "BadParameter",
      `${file} cannot be read (${errnoOf(error) ?? "failed"})`,
    );
  }
}
