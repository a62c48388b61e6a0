// SPDX-License-Identifier: Apache-2.0
/** The operator: stands for election and reconciles while it leads. */

import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createVaultClient } from "@strongroom/client";
import { type Clock, type Log, StrongroomError } from "@strongroom/core";
import {
  createEventRecorder,
  createKubeClient,
  createKubeTransport,
  loadKubeConfig,
  runElection,
} from "@strongroom/kube";
import { readCertificates, readInfrastructureCa } from "./certificates.ts";
import type { OperatorConfig } from "./config.ts";
import { startHealthServer } from "./health-server.ts";
import { runTerm, type TermDeps } from "./run-term.ts";

/** Name of the Lease, and of the owner of the fields that we apply. */
const operatorName = "strongroom-operator";
/** Limit of a call about the Lease: with the renew deadline it stays below the lease's 15 s. */
const leaseTimeoutMs = 4_000;

/** Runs until `signal` aborts; the lease is given up before it resolves. */
export async function runOperator(
  config: OperatorConfig,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  const kubeConfig = loadKubeConfig(config.kubeconfig);
  using transport = createKubeTransport(kubeConfig);
  using leaseTransport = createKubeTransport(kubeConfig, leaseTimeoutMs);
  using vault = createVaultClient({
    dial: config.dial,
    serverName: config.serverName,
    ca: () => readInfrastructureCa(config.caDirectory),
    token: () => readToken(config.tokenFile),
  });
  const kube = createKubeClient(transport, operatorName);
  const term: TermDeps = {
    ...{ transport, kube, clock, log },
    manage: vault.manage,
    record: createEventRecorder({
      ...{ client: kube, clock, log },
      controller: "strongroom.io/operator",
      instance: config.podName,
    }),
    readCertificates: () => readCertificates(config.caDirectory),
    installationHost: config.installationHost,
  };
  const health = await startHealthServer(config.healthPort, () => !signal.aborted);
  try {
    const client = createKubeClient(leaseTransport, operatorName);
    const { namespace, podName } = config;
    const identity = `${podName}_${randomUUID()}`;
    const election = { client, clock, log, namespace, name: operatorName, identity };
    await runElection(election, signal, (leadership) => runTerm(term, leadership));
  } finally {
    health.close();
  }
}

async function readToken(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new StrongroomError("TokenMissing", "cannot read own token", { cause });
  }
}
