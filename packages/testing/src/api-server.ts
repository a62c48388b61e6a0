// SPDX-License-Identifier: Apache-2.0
/** A real etcd and kube-apiserver for tests: what a fake would get wrong is what controllers break on. */

import { type ChildProcess, spawn } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { Agent } from "node:https";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "@strongroom/core";
import { type ApiAnswer, callApi } from "./api-call.ts";
import {
  apiServerArguments,
  etcdArguments,
  kubeconfigOf,
  writeServerFiles,
} from "./api-server-files.ts";
import { findApiServer, findEtcd } from "./find-program.ts";

/** How long the API server may take to start, milliseconds. */
const startTimeoutMs = 60_000;

/** A running API server with RBAC; the only administrator is a client certificate in `system:masters`. */
export interface TestApiServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly caPem: string;
  /** Credentials of the administrator, for a kubeconfig or an https agent. */
  readonly admin: { readonly certificatePem: string; readonly keyPem: string };
  /** A kubeconfig file of the administrator. */
  readonly kubeconfig: string;
  /** Calls the API as the administrator; resolves with status and parsed JSON. */
  call(method: string, path: string, body?: object): Promise<ApiAnswer>;
  /** Calls the API as another user, whom the administrator impersonates. */
  callAs(user: string, method: string, path: string, body?: object): Promise<ApiAnswer>;
  /** Stops the API server alone and starts it again on the same port and data. */
  restart(): Promise<void>;
}

/** Starts etcd and kube-apiserver on free ports of the loopback interface. */
export async function startApiServer(): Promise<TestApiServer> {
  const binaries = { apiServer: findApiServer(), etcd: findEtcd() };
  const files = await writeServerFiles();
  const [etcdPort, peerPort, port] = await Promise.all([freePort(), freePort(), freePort()]);
  const etcd = spawnQuietly(binaries.etcd, etcdArguments(files.directory, etcdPort, peerPort));
  const start = () => spawnQuietly(binaries.apiServer, apiServerArguments(files, etcdPort, port));
  let apiServer = start();
  const agent = new Agent({
    ca: files.ca.certificatePem,
    cert: files.admin.certificatePem,
    key: files.admin.keyPem,
  });
  const call = (method: string, path: string, body?: object) =>
    callApi({ agent, port }, method, path, body);
  const server: TestApiServer = {
    host: "127.0.0.1",
    port,
    caPem: files.ca.certificatePem,
    admin: files.admin,
    kubeconfig: join(files.directory, "kubeconfig"),
    call,
    callAs: (user, method, path, body) => callApi({ agent, port, user }, method, path, body),
    restart: async () => {
      await stop(apiServer);
      apiServer = start();
      await untilReady(call, apiServer);
    },
    [Symbol.asyncDispose]: async () => {
      agent.destroy();
      await stop(apiServer);
      await stop(etcd);
      await rm(files.directory, { recursive: true, force: true });
    },
  };
  await writeFile(server.kubeconfig, kubeconfigOf(files, port), { mode: 0o600 });
  await untilReady(call, apiServer).catch(async (error: unknown) => {
    await server[Symbol.asyncDispose]();
    throw error;
  });
  return server;
}

async function untilReady(call: TestApiServer["call"], process: ChildProcess): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    if (process.exitCode !== null) {
      throw new Error(`kube-apiserver exited with ${process.exitCode}`);
    }
    const ready = await call("GET", "/readyz").catch(() => undefined);
    if (ready?.status === 200) {
      return;
    }
    await delay(200);
  }
  throw new Error("kube-apiserver did not become ready");
}

function spawnQuietly(program: string, args: readonly string[]): ChildProcess {
  return spawn(program, args, { stdio: "ignore" });
}

async function stop(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) {
    return;
  }
  const exited = new Promise((resolve) => process.once("exit", resolve));
  process.kill("SIGKILL");
  await exited;
}
