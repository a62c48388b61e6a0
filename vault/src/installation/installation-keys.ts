// SPDX-License-Identifier: Apache-2.0
/** The installation's own keys: made in the HSM at first start, checked against the token at every other. */

import { X509Certificate } from "node:crypto";
import {
  fromBase64url,
  installationScope,
  type JsonValue,
  StrongroomError,
  toBase64url,
} from "@strongroom/core";
import type { HsmClient, HsmStatus, KekIds } from "@strongroom/hsm/client";
import { z } from "zod";
import type { LedgerTransaction, RecordReader } from "../ledger/ledger.ts";
import { issueCertificate } from "./certificate.ts";
import { dataKeyRecord, type ScopeKeys } from "./scope-keys.ts";
import { makeSigningKey, openSigningKey, type SigningKey } from "./signing-key.ts";
import { makeTokenKey } from "./token-key.ts";

/** A signing key and its certificate. */
export interface CertifiedKey extends SigningKey {
  readonly certificate: X509Certificate;
}

/** What the installation signs with. */
export interface InstallationKeys {
  /** Issues the certificates of vault addresses and of our components. */
  readonly infrastructureCa: CertifiedKey;
  /** Certifies release keys; node plugins pin its certificate. */
  readonly releaseRoot: CertifiedKey;
  /** Signs heads of the audit log: public half alone, since the HSM host signs none but heads with it. DER (SPKI). */
  readonly headKey: Uint8Array;
}

/** Record ids in the installation's scope. */
export const installationRecords = {
  kek: "kek",
  headKey: "key/head",
  infrastructureCa: "key/infrastructure-ca",
  releaseRoot: "key/release-root",
  releaseKey: "key/release",
  envelopeKey: "key/envelope",
  attestation: "key/attestation",
  nextAttestation: "key/attestation-next",
} as const;

const day = 86_400_000;
/** Ten years: replacing it means a person distributes a new one, with overlap. */
const rootLifetime = 3_650 * day;
/** Certificates are valid a little before now, for clocks that differ. */
export const clockTolerance = 5 * 60_000;

const kekIds = { n: z.string(), e: z.string(), s: z.string(), a: z.string() };
const kekRecordSchema = z.object({ ...kekIds, older: z.array(z.object(kekIds)).default([]) });
const certifiedSchema = z.object({ certificate: z.string() });

/** Content of every record that a new installation starts with. */
export async function makeInstallation(
  hsm: HsmClient,
  keys: ScopeKeys,
  at: Date,
): Promise<readonly (readonly [id: string, content: JsonValue])[]> {
  const status = await hsm.status();
  return [
    [dataKeyRecord, await keys.create(installationScope, "Software")],
    [installationRecords.kek, { ...status.kekIds }],
    [installationRecords.headKey, await makeSigningKey(hsm, "head", "signHead")],
    [installationRecords.attestation, await makeTokenKey(hsm, at)],
    [
      installationRecords.infrastructureCa,
      await makeRoot(hsm, "infrastructure-ca", "Strongroom infrastructure CA", at),
    ],
    [
      installationRecords.releaseRoot,
      await makeRoot(hsm, "release-root", "Strongroom release root", at),
    ],
  ];
}

/** Writes those records. */
export async function writeInstallation(
  records: Awaited<ReturnType<typeof makeInstallation>>,
  tx: Pick<LedgerTransaction, "put">,
): Promise<void> {
  for (const [id, content] of records) {
    await tx.put({ scope: installationScope, id }, content);
  }
}

/**
 * Whether the token holds the keys that this store needs: the newest when they were recorded, and those before them
 * that anything may be under still.
 * @throws {StrongroomError} `RecoveryRequired` if it is another token, or one initialised afresh.
 */
export function checkToken(recorded: JsonValue | undefined, status: HsmStatus): void {
  if (missingKeks(recorded, status)?.length !== 0) {
    throw new StrongroomError(
      "RecoveryRequired",
      "the token's keys are not those that this store was made with: restore the token, it is never initialised afresh",
    );
  }
}

/** Key check values of KEK-N of the generations that the store needs and the token lacks; nothing where no record says. */
export function missingKeks(
  recorded: JsonValue | undefined,
  status: HsmStatus,
): readonly string[] | undefined {
  const known = kekRecordSchema.safeParse(recorded);
  const has = (wanted: KekIds) =>
    status.generations.some((ids) =>
      (["n", "e", "s", "a"] as const).every((name) => ids[name] === wanted[name]),
    );
  return known.success
    ? [known.data, ...known.data.older].filter((ids) => !has(ids)).map(({ n }) => n)
    : undefined;
}

/** Opens the keys of an installation that has them. */
export async function openInstallationKeys(
  hsm: HsmClient,
  ledger: RecordReader,
): Promise<InstallationKeys> {
  const read = async (id: string) => (await ledger.read({ scope: installationScope, id }))?.body;
  return {
    infrastructureCa: openCertifiedKey(
      hsm,
      "infrastructure-ca",
      await read(installationRecords.infrastructureCa),
    ),
    releaseRoot: openCertifiedKey(hsm, "release-root", await read(installationRecords.releaseRoot)),
    headKey: openSigningKey(hsm, "head", await read(installationRecords.headKey)).spki,
  };
}

/** Signing key with certificate of a record's content. */
export function openCertifiedKey(
  hsm: HsmClient,
  keyId: string,
  content: JsonValue | undefined,
): CertifiedKey {
  const key = openSigningKey(hsm, keyId, content);
  const parsed = certifiedSchema.safeParse(content);
  if (!parsed.success) {
    throw new StrongroomError(
      "StoreTampered",
      "a key record of the installation has no certificate",
    );
  }
  return { ...key, certificate: new X509Certificate(fromBase64url(parsed.data.certificate)) };
}

/** Content of a key record with the certificate added. */
export function withCertificate(content: JsonValue, certificate: X509Certificate): JsonValue {
  return {
    ...(content as { readonly [key: string]: JsonValue }),
    certificate: toBase64url(new Uint8Array(certificate.raw)),
  };
}

async function makeRoot(
  hsm: HsmClient,
  name: string,
  subject: string,
  at: Date,
): Promise<JsonValue> {
  const content = await makeSigningKey(hsm, name);
  const key = openSigningKey(hsm, name, content);
  const certificate = await issueCertificate(
    {
      subject,
      issuer: subject,
      publicKey: key.spki,
      issuerPublicKey: key.spki,
      notBefore: new Date(at.getTime() - clockTolerance),
      notAfter: new Date(at.getTime() + rootLifetime),
      profile: { kind: "ca" },
    },
    key.sign,
  );
  return withCertificate(content, certificate);
}
