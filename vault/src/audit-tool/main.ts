// SPDX-License-Identifier: Apache-2.0
/**
 * The auditor's program: verifies, exports or names the heads of a store that lies in a file, to which it writes nothing,
 * or verifies and exports the logs of a vault that its parent process is connected to.
 *
 * Ends with 0 where everything verifies, with 1 where something was found, with 2 where there was nothing to look at.
 */

import { createPublicKey } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { decodeLeaf, leafHash, toHex } from "@strongroom/core";
import { leavesOf, verifyLogs } from "../ledger/verify-logs.ts";
import { type OpenedStore, openStoreReadOnly } from "../store/open-store-read-only.ts";
import { type KeptHeads, readHeads } from "./read-heads.ts";
import { askParent, openRemoteLogs, type RemoteLogs } from "./remote-logs.ts";
import { verifyOffline, verifyRemote } from "./verify-offline.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    store: { type: "string" },
    remote: { type: "boolean", default: false },
    head: { type: "string", multiple: true },
    "head-key": { type: "string" },
  },
});

async function fileOf(path: string): Promise<string> {
  return (await stat(path)).isDirectory() ? join(path, "vault.db") : path;
}

async function keptHeads(paths: readonly string[]): Promise<KeptHeads> {
  const kept = await Promise.all(paths.map(readHeads));
  return { heads: kept.flatMap(({ heads }) => heads), areAll: kept.some(({ areAll }) => areAll) };
}

/** What is looked at. */
type Subject =
  | { readonly kind: "store"; readonly source: OpenedStore }
  | ({ readonly kind: "remote" } & RemoteLogs);

async function verifyCommand(subject: Subject): Promise<number> {
  const kept = await keptHeads(values.head ?? []);
  const keyFile = values["head-key"];
  const key = keyFile === undefined ? undefined : createPublicKey(await readFile(keyFile));
  const { findings, ...counts } = await (subject.kind === "store"
    ? verifyOffline(subject.source, kept, key)
    : verifyRemote(subject, kept, key));
  for (const { kind, message } of findings) {
    process.stdout.write(`${kind}: ${message}\n`);
  }
  const { logs, leaves, records, heads } = counts;
  process.stdout.write(
    `${logs} logs, ${leaves} leaves, ${records} records against ${heads} heads: ${findings.length} findings\n`,
  );
  if (heads === 0) {
    process.stderr.write("no head was given: an older store in this one's place goes unnoticed\n");
  }
  return findings.length === 0 ? 0 : 1;
}

async function headCommand({ source }: Subject): Promise<number> {
  const { logs } = await verifyLogs(source, [], "some logs");
  for (const { log, size, root } of logs) {
    process.stdout.write(`${JSON.stringify({ log, size, root })}\n`);
  }
  return 0;
}

async function exportCommand({ source }: Subject): Promise<number> {
  for (const log of await source.logs()) {
    for await (const { index, bytes } of leavesOf(source, log)) {
      const line = { log, index, hash: toHex(leafHash(bytes)), leaf: decodeLeaf(bytes) };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    }
  }
  return 0;
}

const commands: Readonly<Record<string, (subject: Subject) => Promise<number>>> = {
  verify: verifyCommand,
  head: headCommand,
  export: exportCommand,
};

async function perform(): Promise<number> {
  const command = commands[positionals[0] ?? ""];
  if (command === undefined || (values.store === undefined) !== values.remote) {
    throw new Error(
      "usage: verify|head|export --store PATH|--remote [--head PATH]… [--head-key PEM]",
    );
  }
  if (values.store === undefined) {
    return await command({ kind: "remote", ...(await openRemoteLogs(askParent)) });
  }
  using store = openStoreReadOnly(await fileOf(values.store));
  return await command({ kind: "store", source: store });
}

try {
  process.exitCode = await perform();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : "failed"}\n`);
  process.exitCode = 2;
}
// The channel to the parent would keep the process alive.
process.channel?.unref();
