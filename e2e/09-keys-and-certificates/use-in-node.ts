// SPDX-License-Identifier: Apache-2.0
/** Microsoft's clients, unmodified, on a vault of the cluster. What to do, where and as whom comes on standard input. */

import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { Agent } from "node:https";
import type { AddressInfo, LookupFunction } from "node:net";
import { connect, createServer } from "node:tls";
import { CertificateClient } from "@azure/keyvault-certificates";
import { CryptographyClient, KeyClient } from "@azure/keyvault-keys";
import { SecretClient } from "@azure/keyvault-secrets";
import { readInput } from "../lib/read-input.ts";
import type { VaultAccess } from "../lib/vault-api.ts";

const { step, access } = await readInput<{
  readonly step: string;
  readonly access: VaultAccess;
}>();

// The node asks another DNS than pods do: the name is the vault's own all the same, in TLS and in each request.
const lookup: LookupFunction = (_host, options, done) =>
  options.all === true
    ? done(null, [{ address: access.address, family: 4 }])
    : done(null, access.address, 4);
const agent = new Agent({ keepAlive: true, ca: access.ca, lookup });
const url = `https://${access.host}`;
const credential = {
  getToken: async () => ({ token: access.token, expiresOnTimestamp: Date.now() + 600_000 }),
};
const options = {
  retryOptions: { maxRetries: 0 },
  additionalPolicies: [
    {
      policy: {
        name: "address",
        // biome-ignore lint/suspicious/noExplicitAny: the pipeline's types are the vendor's, and each client has its own
        sendRequest: (request: any, next: (request: any) => Promise<any>) =>
          next(Object.assign(request, { agent })),
      },
      position: "perCall" as const,
    },
  ],
};
const keys = new KeyClient(url, credential, options);
const certificates = new CertificateClient(url, credential, options);
const secrets = new SecretClient(url, credential, options);

function require(what: string, holds: boolean): void {
  if (!holds) {
    throw new Error(`${what}: it is not so`);
  }
}

/** Status with which something is refused. */
async function refusal(doing: Promise<unknown>): Promise<number> {
  try {
    await doing;
  } catch (error) {
    return (error as { readonly statusCode?: number }).statusCode ?? 0;
  }
  return 200;
}

const digest = createHash("sha256").update("what is signed").digest();

async function useKey(): Promise<void> {
  const first = await keys.getKey("signing");
  require("the key is in the HSM", first.keyType === "EC-HSM" && first.key?.d === undefined);
  const before = new CryptographyClient(first, credential, options);
  const { result } = await before.sign("ES256", digest);
  const rotated = await keys.rotateKey("signing");
  require("a rotation makes another version", rotated.id !== first.id);
  const after = new CryptographyClient(rotated, credential, options);
  require("the old version verifies", (await before.verify("ES256", digest, result)).result);
  require("the new one does not", !(await after.verify("ES256", digest, result)).result);
  const again = await after.sign("ES256", digest);
  require("the new one signs", (await after.verify("ES256", digest, again.result)).result);
  const policy = await keys.getKeyRotationPolicy("signing");
  require("the resource's policy", policy.lifetimeActions?.[0]?.timeAfterCreate === "P90D");
}

const block = (pem: string, label: string) =>
  pem.match(new RegExp(`-----BEGIN ${label}-----[\\s\\S]*?-----END ${label}-----`))?.[0] ?? "";

async function servesTls(servername: string): Promise<void> {
  const pem = (await secrets.getSecret("tls")).value ?? "";
  const cert = block(pem, "CERTIFICATE");
  const server = createServer({ key: block(pem, "PRIVATE KEY"), cert });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: "127.0.0.1", servername, ca: cert });
  await once(socket, "secureConnect");
  require("the certificate serves its name", socket.authorized);
  socket.destroy();
  server.close();
}

const subjectOf = (cer: Uint8Array | undefined) =>
  new X509Certificate(cer ?? new Uint8Array()).subject;

async function useCertificate(): Promise<void> {
  const { cer } = await certificates.getCertificate("tls");
  require("the subject", subjectOf(cer) === "CN=one.e2e-keys.svc");
  await servesTls("one.e2e-keys.svc");
}

async function useRenewed(): Promise<void> {
  const { cer } = await certificates.getCertificate("tls");
  require("the new subject", subjectOf(cer) === "CN=two.e2e-keys.svc");
  await servesTls("two.e2e-keys.svc");
  const subjects: string[] = [];
  for await (const { version = "" } of certificates.listPropertiesOfCertificateVersions("tls")) {
    subjects.push(subjectOf((await certificates.getCertificateVersion("tls", version)).cer));
  }
  require("the old version stays", subjects.includes("CN=one.e2e-keys.svc") &&
    subjects.length === 2);
}

async function getNothing(): Promise<void> {
  const refused = await Promise.all(
    [
      keys.getKey("signing"),
      certificates.getCertificate("tls"),
      secrets.getSecret("tls"),
      new CryptographyClient(`${url}/keys/signing`, credential, options).sign("ES256", digest),
    ].map(refusal),
  );
  require(`403 for all, ${refused}`, refused.every((status) => status === 403));
}

async function areDeleted(): Promise<void> {
  require("no key", (await refusal(keys.getKey("signing"))) === 404);
  require("no certificate", (await refusal(certificates.getCertificate("tls"))) === 404);
  require("no secret", (await refusal(secrets.getSecret("tls"))) === 404);
  require("a deleted key", (await keys.getDeletedKey("signing")).name === "signing");
  require("a deleted certificate", (await certificates.getDeletedCertificate("tls")).name ===
    "tls");
}

const steps: Readonly<Record<string, () => Promise<void>>> = {
  key: useKey,
  certificate: useCertificate,
  renewed: useRenewed,
  nothing: getNothing,
  deleted: areDeleted,
};
await (steps[step] ?? (() => Promise.reject(new Error(`no such step: ${step}`))))();
process.exit(0);
