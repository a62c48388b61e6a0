// SPDX-License-Identifier: Apache-2.0
/** The audit logs after the campaign: replayed from a copy of the store, against the heads that the HSM anchored. */

import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { LogHead } from "@strongroom/core";
import { decodeLeaf } from "@strongroom/core";
import { type LeafSource, verifyLogs } from "../../vault/src/ledger/verify-logs.ts";
import { kubectl } from "./lib/cluster.ts";

const volumes = new URL("../../.strongroom/cluster/node/volumes/", import.meta.url);
const results = new URL("../../.strongroom/e2e-kills/acknowledged.json", import.meta.url);

async function volumeOf(claim: string): Promise<string> {
  const name = await kubectl(
    "get",
    "pvc",
    claim,
    "-n",
    "strongroom-system",
    "-o",
    "jsonpath={.spec.volumeName}",
  );
  return new URL(name, volumes).pathname;
}

function leafSource(database: DatabaseSync): LeafSource {
  const logs = database.prepare("select distinct log from leaves order by log");
  const leaves = database.prepare(
    "select log, position, bytes from leaves where log = ? and position >= ? order by position limit ?",
  );
  return {
    logs: async () => logs.all().map((row) => String(row["log"])),
    leaves: async (log, { from, limit }) =>
      leaves.all(log, from, limit).map((row) => ({
        log,
        index: Number(row["position"]),
        bytes: new Uint8Array(row["bytes"] as Uint8Array),
      })),
  };
}

async function anchors(token: string): Promise<LogHead[]> {
  const files = (await readdir(join(token, "heads"))).filter((name) => name.endsWith(".json"));
  return await Promise.all(
    files.map(
      async (name) => JSON.parse(await readFile(join(token, "heads", name), "utf8")) as LogHead,
    ),
  );
}

async function* everyLeaf(source: LeafSource) {
  for (const log of await source.logs()) {
    let page = await source.leaves(log, { from: 0, limit: 1_000 });
    for (let from = 0; page.length > 0; page = await source.leaves(log, { from, limit: 1_000 })) {
      yield* page;
      from += page.length;
    }
  }
}

// A version's leaf names its record among the writes.
async function recordsWritten(source: LeafSource): Promise<Set<string>> {
  const records = new Set<string>();
  for await (const leaf of everyLeaf(source)) {
    for (const write of decodeLeaf(leaf.bytes).writes) {
      records.add(write.record);
    }
  }
  return records;
}

const copy = await mkdtemp(join(tmpdir(), "strongroom-audit-"));
try {
  await kubectl("scale", "statefulset/strongroom-vault", "-n", "strongroom-system", "--replicas=0");
  await kubectl(
    "wait",
    "--for=delete",
    "pod/strongroom-vault-0",
    "-n",
    "strongroom-system",
    "--timeout=60s",
  );
  await cp(await volumeOf("store-strongroom-vault-0"), copy, { recursive: true });
  const database = new DatabaseSync(join(copy, "vault.db"), { readOnly: true });
  const source = leafSource(database);
  const { findings, logs } = await verifyLogs(
    source,
    await anchors(await volumeOf("token-strongroom-vault-0")),
  );
  for (const finding of findings) {
    console.error(`${finding.kind}: ${finding.message}`);
  }
  const written = await recordsWritten(source);
  const acknowledged = JSON.parse(await readFile(results, "utf8")) as {
    name: string;
    version: string;
  }[];
  const without = acknowledged.filter(
    ({ name, version }) => !written.has(`version/secrets/${name}/${version}`),
  );
  const leaves = logs.reduce((sum, log) => sum + log.size, 0);
  console.log(
    `${logs.length} logs, ${leaves} leaves, ${findings.length} findings, ${without.length} versions without a leaf`,
  );
  if (findings.length > 0 || without.length > 0 || logs.length === 0) {
    throw new Error("the audit log does not verify");
  }
} finally {
  await rm(copy, { recursive: true, force: true });
  await kubectl("scale", "statefulset/strongroom-vault", "-n", "strongroom-system", "--replicas=1");
}
// The vault verifies the whole store when it starts, with its keys: it would not become ready otherwise.
await kubectl(
  "rollout",
  "status",
  "statefulset/strongroom-vault",
  "-n",
  "strongroom-system",
  "--timeout=90s",
);
