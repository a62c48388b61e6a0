// SPDX-License-Identifier: Apache-2.0
/** TLS certificates of the installation's and the vaults' hosts: short-lived, keys in memory only, chosen by SNI. */

import { generateKeyPair } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import { promisify } from "node:util";
import type { Clock } from "@strongroom/core";
import { issueCertificate } from "./certificate.ts";
import { type CertifiedKey, clockTolerance } from "./installation-keys.ts";

const day = 86_400_000;
/** Seven days: a vault that runs replaces its certificates long before, one that stopped has none to steal. */
const lifetime = 7 * day;

interface Entry {
  readonly context: Promise<SecureContext>;
  readonly renewAt: number;
}

/** Answers the TLS context for a host that `isServed` knows; nothing for any other. */
export interface ServerCertificates {
  contextFor(host: string): Promise<SecureContext | undefined>;
}

/** Certificates by host, issued by the infrastructure CA when first asked for. */
export function createServerCertificates(deps: {
  readonly ca: CertifiedKey;
  readonly clock: Clock;
  readonly isServed: (host: string) => boolean;
}): ServerCertificates {
  const entries = new Map<string, Entry>();
  return {
    contextFor: async (host) => {
      if (!deps.isServed(host)) {
        entries.delete(host);
        return undefined;
      }
      const now = deps.clock.now();
      const known = entries.get(host);
      if (known !== undefined && known.renewAt > now.getTime()) {
        return await known.context;
      }
      const context = issue(deps.ca, host, now);
      entries.set(host, { context, renewAt: now.getTime() + lifetime / 2 });
      context.catch(() => entries.delete(host));
      return await context;
    },
  };
}

async function issue(ca: CertifiedKey, host: string, at: Date): Promise<SecureContext> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("ec", { namedCurve: "P-256" });
  const certificate = await issueCertificate(
    {
      subject: "Strongroom vault",
      issuer: "Strongroom infrastructure CA",
      publicKey: new Uint8Array(publicKey.export({ type: "spki", format: "der" })),
      issuerPublicKey: ca.spki,
      notBefore: new Date(at.getTime() - clockTolerance),
      notAfter: new Date(at.getTime() + lifetime),
      profile: { kind: "server", hosts: [host] },
    },
    ca.sign,
  );
  return createSecureContext({
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: certificate.toString(),
    minVersion: "TLSv1.3",
  });
}
