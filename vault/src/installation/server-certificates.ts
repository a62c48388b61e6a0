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

/** A private key and the certificate of its public half, PEM. */
export interface ServerPair {
  readonly key: string;
  readonly cert: string;
}

interface Entry {
  readonly pair: Promise<ServerPair>;
  readonly context: Promise<SecureContext>;
  readonly renewAt: number;
}

/** The certificates. */
export interface ServerCertificates {
  /** Answers the TLS context for a host that `isServed` knows; nothing for any other. */
  contextFor(host: string): Promise<SecureContext | undefined>;
  /** The same for a host that need not be served yet; the pair is the same one until it is replaced. */
  pairOf(host: string): Promise<ServerPair>;
}

/** Certificates by host, issued by the infrastructure CA when first asked for. */
export function createServerCertificates(deps: {
  readonly ca: CertifiedKey;
  readonly clock: Clock;
  readonly isServed: (host: string) => boolean;
}): ServerCertificates {
  const entries = new Map<string, Entry>();
  const entryOf = (host: string): Entry => {
    const now = deps.clock.now();
    const known = entries.get(host);
    if (known !== undefined && known.renewAt > now.getTime()) {
      return known;
    }
    const pair = issue(deps.ca, host, now);
    const context = pair.then((issued) =>
      createSecureContext({ ...issued, minVersion: "TLSv1.3" }),
    );
    const entry = { pair, context, renewAt: now.getTime() + lifetime / 2 };
    entries.set(host, entry);
    context.catch(() => entries.delete(host));
    return entry;
  };
  return {
    contextFor: async (host) => {
      if (!deps.isServed(host)) {
        entries.delete(host);
        return undefined;
      }
      return await entryOf(host).context;
    },
    pairOf: async (host) => await entryOf(host).pair,
  };
}

async function issue(ca: CertifiedKey, host: string, at: Date): Promise<ServerPair> {
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
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: certificate.toString(),
  };
}
