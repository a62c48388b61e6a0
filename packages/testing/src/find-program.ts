// SPDX-License-Identifier: Apache-2.0
/** Where the programs are that tests start: the tool cache that `make setup` fills, or the system. */

import { existsSync, globSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

// biome-ignore lint/style/noProcessEnv: a test has no main.ts, and the cache's place is the machine's affair
const environment = process.env;
const { ATTESTATION_ORACLE, ETCD, HELM, KRYOPTIC, KUBE_APISERVER, TEE_DEVICE } = environment;
const { STRONGROOM_CACHE, XDG_CACHE_HOME } = environment;

const cache = STRONGROOM_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), ".cache"), "strongroom");

/** Path of kube-apiserver. Throws a sentence that says how to get it. */
export function findApiServer(): string {
  const found = KUBE_APISERVER ?? globSync(join(cache, "**/kube-apiserver"))[0];
  if (found === undefined || !existsSync(found)) {
    throw new Error(
      `no kube-apiserver in ${cache}: run "make setup", or set KUBE_APISERVER to one`,
    );
  }
  return found;
}

/** Path of helm. Throws a sentence that says how to get it. */
export function findHelm(): string {
  const found = HELM ?? globSync(join(cache, "tools/helm-*/helm"))[0];
  if (found === undefined || !existsSync(found)) {
    throw new Error(`no helm in ${cache}: run "make setup", or set HELM to one`);
  }
  return found;
}

/** Path of etcd. Throws a sentence that says how to get it. */
export function findEtcd(): string {
  const candidates = [ETCD, "/usr/bin/etcd", "/usr/local/bin/etcd"];
  const found = candidates.find((path) => path !== undefined && existsSync(path));
  if (found === undefined) {
    throw new Error('no etcd: run "make setup", or set ETCD to one');
  }
  return found;
}

/** Path of Kryoptic's PKCS#11 module. Throws a sentence that says how to get it. */
export function findKryoptic(): string {
  const found = KRYOPTIC ?? globSync(join(cache, "tools/kryoptic-*/libkryoptic.so"))[0];
  if (found === undefined || !existsSync(found)) {
    throw new Error(`no Kryoptic in ${cache}: run "make setup", or set KRYOPTIC to its module`);
  }
  return found;
}

/** Path of the program that asks Google's verifiers. Throws a sentence that says how to get it. */
export function findAttestationOracle(): string {
  const pattern = join(cache, "tools/attestation-oracle-*/attestation-oracle");
  const found = ATTESTATION_ORACLE ?? globSync(pattern).toSorted().at(-1);
  if (found === undefined || !existsSync(found)) {
    throw new Error(
      `no attestation oracle in ${cache}: run "make setup", or set ATTESTATION_ORACLE to one`,
    );
  }
  return found;
}

/** Path of the node plugin's helper. Throws a sentence that says how to get it. */
export function findTeeDevice(): string {
  const found = TEE_DEVICE ?? globSync(join(cache, "tools/tee-device-*/tee-device"))[0];
  if (found === undefined || !existsSync(found)) {
    throw new Error(`no tee-device in ${cache}: run "make setup", or set TEE_DEVICE to one`);
  }
  return found;
}
