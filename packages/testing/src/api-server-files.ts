// SPDX-License-Identifier: Apache-2.0
/** What a test's API server reads when it starts: certificates, keys, arguments. */

import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MintedCertificate, mintCertificate } from "./mint-certificate.ts";

/** Files of one API server. */
export interface ServerFiles {
  readonly directory: string;
  readonly ca: MintedCertificate;
  readonly admin: MintedCertificate;
}

/** Writes certificates and ServiceAccount keys into a new directory. */
export async function writeServerFiles(): Promise<ServerFiles> {
  const directory = await mkdtemp(join(tmpdir(), "strongroom-api-server-"));
  const ca = await mintCertificate({ subject: "/CN=test CA", ca: true });
  const names = "DNS:localhost,IP:127.0.0.1";
  const server = await mintCertificate({ subject: "/CN=kube-apiserver", issuer: ca, names });
  const admin = await mintCertificate({ subject: "/O=system:masters/CN=test-admin", issuer: ca });
  const accounts = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const write = (name: string, text: string) =>
    writeFile(join(directory, name), text, { mode: 0o600 });
  await Promise.all([
    write("ca.crt", ca.certificatePem),
    write("tls.crt", server.certificatePem),
    write("tls.key", server.keyPem),
    write("sa.key", accounts.privateKey.export({ type: "pkcs8", format: "pem" }).toString()),
    write("sa.pub", accounts.publicKey.export({ type: "spki", format: "pem" }).toString()),
  ]);
  return { directory, ca, admin };
}

/** Arguments of etcd. */
export function etcdArguments(
  directory: string,
  port: number,
  peerPort: number,
): readonly string[] {
  const client = `http://127.0.0.1:${port}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  return [
    `--data-dir=${join(directory, "etcd")}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    "--unsafe-no-fsync",
  ];
}

/** Arguments of kube-apiserver: RBAC, no anonymous callers. */
export function apiServerArguments(
  files: ServerFiles,
  etcdPort: number,
  port: number,
): readonly string[] {
  const at = (name: string) => join(files.directory, name);
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${port}`,
    `--cert-dir=${files.directory}`,
    `--tls-cert-file=${at("tls.crt")}`,
    `--tls-private-key-file=${at("tls.key")}`,
    `--client-ca-file=${at("ca.crt")}`,
    "--authorization-mode=RBAC",
    "--anonymous-auth=false",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${at("sa.pub")}`,
    `--service-account-signing-key-file=${at("sa.key")}`,
    "--service-cluster-ip-range=10.0.0.0/24",
    "--disable-admission-plugins=ServiceAccount",
  ];
}

/** A kubeconfig of the administrator, as JSON. */
export function kubeconfigOf({ ca, admin }: ServerFiles, port: number): string {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const cluster = {
    server: `https://127.0.0.1:${port}`,
    "certificate-authority-data": base64(ca.certificatePem),
  };
  const user = {
    "client-certificate-data": base64(admin.certificatePem),
    "client-key-data": base64(admin.keyPem),
  };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    clusters: [{ name: "test", cluster }],
    users: [{ name: "test", user }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
  });
}
