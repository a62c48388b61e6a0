// SPDX-License-Identifier: Apache-2.0
/** The operator's surroundings for a test file: one API server, and for each test a vault and a namespace of its own. */

import { afterAll, afterEach, beforeAll, beforeEach } from "@jest/globals";
import { createVaultClient, type VaultClient } from "@strongroom/client";
import { createKubeTransport, type KubeTransport, loadKubeConfig } from "@strongroom/kube";
import {
  type FakeVault,
  fakeVaultToken,
  startApiServer,
  startFakeVault,
  type TestApiServer,
} from "@strongroom/testing";
import { createOperatorWorld, installCrds, type OperatorWorld } from "./operator-world.ts";

/** What there is while a test runs. */
export interface OperatorSurroundings {
  readonly server: TestApiServer;
  readonly vault: FakeVault;
  readonly world: OperatorWorld;
}

/** Registers the hooks that make all of it and take it away; the members are there once they have run. */
export function useOperator(): OperatorSurroundings {
  const now = {} as { -readonly [Name in keyof OperatorSurroundings]: OperatorSurroundings[Name] };
  let transport: KubeTransport;
  let client: VaultClient;

  beforeAll(async () => {
    now.server = await startApiServer();
    transport = createKubeTransport(loadKubeConfig(now.server.kubeconfig));
    await installCrds(now.server.call);
  }, 90_000);
  afterAll(async () => {
    transport[Symbol.dispose]();
    await now.server[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    now.vault = await startFakeVault();
    const { port, serverName, ca } = now.vault;
    client = createVaultClient({
      ...{ dial: { host: "127.0.0.1", port }, serverName },
      ca: () => ca.certificatePem,
      token: () => Promise.resolve(fakeVaultToken),
    });
    const { call } = now.server;
    now.world = await createOperatorWorld({ call, transport, manage: client.manage });
  });
  afterEach(async () => {
    await now.world.stopAll();
    await now.world.clear();
    client[Symbol.dispose]();
    await now.vault[Symbol.asyncDispose]();
  });
  return now;
}
