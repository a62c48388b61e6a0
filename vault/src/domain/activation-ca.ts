// SPDX-License-Identifier: Apache-2.0
/** A CA for as long as the HSM has no keys: in memory, made at each start, known to a security officer by its certificate. */

import { generateKeyPair, sign } from "node:crypto";
import { promisify } from "node:util";
import { issueCertificate } from "../installation/certificate.ts";
import { type CertifiedKey, clockTolerance } from "../installation/installation-keys.ts";

const day = 86_400_000;

/** Makes one that is good for 30 days; a vault that waits longer is to be started anew. */
export async function makeActivationCa(at: Date): Promise<CertifiedKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("ec", { namedCurve: "P-256" });
  const spki = new Uint8Array(publicKey.export({ type: "spki", format: "der" }));
  const signMessage = async (message: Uint8Array) =>
    new Uint8Array(sign("sha256", message, { key: privateKey, dsaEncoding: "ieee-p1363" }));
  const certificate = await issueCertificate(
    {
      subject: "Strongroom infrastructure CA",
      issuer: "Strongroom infrastructure CA",
      publicKey: spki,
      issuerPublicKey: spki,
      notBefore: new Date(at.getTime() - clockTolerance),
      notAfter: new Date(at.getTime() + 30 * day),
      profile: { kind: "ca" },
    },
    signMessage,
  );
  return { blob: new Uint8Array(), spki, publicKey, sign: signMessage, certificate };
}
