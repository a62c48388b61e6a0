// SPDX-License-Identifier: Apache-2.0
/** A key that signs attestation tokens: in the HSM, with a certificate of its own for clients that want one (`x5c`). */

import { fromBase64url, type JsonValue, toBase64url } from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { z } from "zod";
import { issueCertificate } from "./certificate.ts";
import { makeSigningKey, openSigningKey, type SigningKey } from "./signing-key.ts";

/** A signing key and since when it is there. */
export interface TokenKey extends SigningKey {
  /** Milliseconds since the epoch; 0 of a key from before keys were rotated. */
  readonly since: number;
  /** Self-signed, DER; such a key has none. */
  readonly certificate: Uint8Array | undefined;
}

const keyId = "attestation";
const subject = "Strongroom attestation";

const day = 86_400_000;
/** Longer than any key is in use: the certificate says whose key it is, and not how long. */
const certificateLifetime = 3_650 * day;
/** Valid a little before now, for clocks that differ. */
const clockTolerance = 5 * 60_000;

const schema = z.object({ since: z.number().default(0), certificate: z.string().optional() });

/** Record content of a new key. */
export async function makeTokenKey(hsm: HsmClient, at: Date): Promise<Record<string, JsonValue>> {
  const content = await makeSigningKey(hsm, keyId);
  const key = openSigningKey(hsm, keyId, content);
  const certificate = await issueCertificate(
    {
      ...{ subject, issuer: subject, publicKey: key.spki, issuerPublicKey: key.spki },
      notBefore: new Date(at.getTime() - clockTolerance),
      notAfter: new Date(at.getTime() + certificateLifetime),
      profile: { kind: "signer" },
    },
    key.sign,
  );
  return {
    ...content,
    since: at.getTime(),
    certificate: toBase64url(new Uint8Array(certificate.raw)),
  };
}

/** Key of a record's content. @throws {StrongroomError} `StoreTampered` if the record is no such key. */
export function openTokenKey(hsm: HsmClient, content: JsonValue | undefined): TokenKey {
  const key = openSigningKey(hsm, keyId, content);
  const { since, certificate } = schema.parse(content);
  return {
    ...key,
    since,
    certificate: certificate === undefined ? undefined : fromBase64url(certificate),
  };
}
