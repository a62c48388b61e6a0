// SPDX-License-Identifier: Apache-2.0
/** Vaults, clients and an authority outside, for the contract of `@azure/keyvault-certificates`. */

import { createPrivateKey, type KeyObject } from "node:crypto";
import { CertificateClient, type CertificatePolicy } from "@azure/keyvault-certificates";
import { KeyClient } from "@azure/keyvault-keys";
import { SecretClient } from "@azure/keyvault-secrets";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { type OpensslFolder, openssl } from "../../../../vault/src/x509/__fixtures__/openssl.ts";
import { type AzureVaults, startAzureVaults } from "../azure-vault.ts";
import { watch } from "../contract.ts";

let vaults: AzureVaults;
let opened: OpensslFolder;

/** Has the vaults started before the tests of a file, and stopped after them. */
export function useVaults(): void {
  beforeAll(async () => {
    vaults = await startAzureVaults({
      protected: { softDelete: { retentionDays: 7, purgeProtection: true } },
    });
    opened = await openssl();
  });
  afterAll(async () => {
    await opened[Symbol.asyncDispose]();
    await vaults[Symbol.asyncDispose]();
  });
}

/** A folder in which openssl runs. */
export const folder = (): OpensslFolder => opened;

/** A client of a vault. */
export const clientOf = (subject: string, vault?: string) => {
  const { url, credential, options } = vaults.argumentsOf(subject, vault);
  return watch(new CertificateClient(url, credential, options));
};
/** The client of who may do everything. */
export const officer = () => clientOf("officer");
/** The client of who may do nothing. */
export const nobody = () => clientOf("nobody");
/** The officer's client for keys. */
export const keys = () => {
  const { url, credential, options } = vaults.argumentsOf("officer");
  return new KeyClient(url, credential, options);
};
/** The officer's client for secrets. */
export const secrets = () => {
  const { url, credential, options } = vaults.argumentsOf("officer");
  return new SecretClient(url, credential, options);
};
/** How often clients look whether something is done, in milliseconds. */
export const poll = { intervalInMs: 50 };
/** A policy by which the vault issues itself. */
export const self: CertificatePolicy = {
  ...{ issuerName: "Self", subject: "CN=a.example", keyType: "EC", keyCurveName: "P-256" },
  subjectAlternativeNames: { dnsNames: ["a.example"] },
};
/** One for an authority outside. */
export const unknown: CertificatePolicy = { ...self, issuerName: "Unknown" };
/** What a client says of a refusal for want of a role. */
export const forbidden = "403 Forbidden";
/** And of what is not there. */
export const notFound = "404 CertificateNotFound";

/** Makes a certificate. */
export async function make(name: string, policy: CertificatePolicy = self, options: object = {}) {
  const poller = await officer().beginCreateCertificate(name, policy, { ...poll, ...options });
  return await poller.pollUntilDone();
}

/** Begins a certificate of an authority outside; its request. */
export async function request(name: string, policy = unknown): Promise<Uint8Array> {
  const poller = await officer().beginCreateCertificate(name, policy, poll);
  expect(poller.isDone()).toBe(false);
  const begun = await officer().getCertificateOperation(name);
  return begun.getOperationState().certificateOperation?.csr ?? new Uint8Array();
}

/** What an authority outside answers to a request: a certificate, and its own. */
export async function sign(csr: Uint8Array): Promise<Uint8Array[]> {
  await opened.write("csr.der", csr);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  await opened.run(
    "req",
    "-x509",
    ...key,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-subj",
    "/CN=ca",
  );
  await opened.run("req", "-inform", "DER", "-in", "csr.der", "-out", "csr.pem", "-verify");
  const ca = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-copy_extensions", "copy"];
  await opened.run("x509", "-req", "-in", "csr.pem", ...ca, "-out", "leaf.pem");
  return await Promise.all(
    ["leaf", "ca"].map(async (name) => {
      await opened.run("x509", "-in", `${name}.pem`, "-outform", "DER", "-out", `${name}.der`);
      return await opened.read(`${name}.der`);
    }),
  );
}

/** Deletes one, and waits until it is deleted. */
export async function deleteCertificate(name: string, vault?: string) {
  const poller = await clientOf("officer", vault).beginDeleteCertificate(name, poll);
  return await poller.pollUntilDone();
}

/** A PFX file of a fresh certificate. */
export async function pfx(password: string): Promise<Uint8Array> {
  const args = [
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-subj",
    "/CN=imported.example/O=x",
    "-days",
    "90",
  ];
  await opened.run("req", "-x509", ...args, "-keyout", "i.key", "-out", "i.pem");
  await opened.run(
    "pkcs12",
    "-export",
    "-in",
    "i.pem",
    "-inkey",
    "i.key",
    "-passout",
    `pass:${password}`,
    "-out",
    "i.pfx",
  );
  return await opened.read("i.pfx");
}
/** The first private key of a PEM text. */
export function privateKeyOf(pem: string): KeyObject {
  return createPrivateKey(
    /-----BEGIN PRIVATE KEY-----[\s\S]*?-----END PRIVATE KEY-----/.exec(pem)?.[0] ?? "",
  );
}
