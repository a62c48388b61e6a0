// SPDX-License-Identifier: Apache-2.0
/** Custodians with their keys, and what they do offline. */

import { createPublicKey, type X509Certificate } from "node:crypto";
import type { HsmClient } from "../client/hsm-client.ts";
import {
  addShares,
  decodeDomain,
  encodeRestore,
  openCustodianKey,
  startRestore,
} from "../domain/index.ts";

/** A custodian. */
export interface TestCustodian {
  readonly certificate: X509Certificate;
  readonly keyPem: string;
}

/** Custodians with RSA keys, whose certificates `mint` makes. */
export async function makeCustodians(
  mint: (request: { readonly subject: string; readonly rsaBits: number }) => Promise<TestCustodian>,
  count: number,
  rsaBits = 2048,
): Promise<readonly TestCustodian[]> {
  const subjects = Array.from({ length: count }, (_, index) => `/CN=custodian ${index + 1}`);
  return await Promise.all(subjects.map((subject) => mint({ subject, rsaBits })));
}

/** Certificates as a ceremony takes them. */
export function certificatesOf(custodians: readonly TestCustodian[]): readonly Uint8Array[] {
  return custodians.map(({ certificate }) => new Uint8Array(certificate.raw));
}

/** The restore file that these custodians make together for an HSM. */
export async function restoreBy(
  custodians: readonly TestCustodian[],
  domain: Uint8Array,
  hsm: Pick<HsmClient, "exchangeKey">,
): Promise<Uint8Array> {
  const spki = Buffer.from(await hsm.exchangeKey());
  const exchange = createPublicKey({ key: spki, format: "der", type: "spki" });
  const restore = custodians.reduce(
    (before, { keyPem }) => addShares(before, exchange, openCustodianKey(keyPem)),
    startRestore(decodeDomain(domain), exchange),
  );
  return encodeRestore(restore);
}
