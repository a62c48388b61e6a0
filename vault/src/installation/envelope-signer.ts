// SPDX-License-Identifier: Apache-2.0
/**
 * Signs Azure's release envelopes: RS256, by an RSA key in the HSM, with a certificate for the host that was asked.
 *
 * Clients check the chain and the host's name as they check those of the connection, so both end in the same CA.
 */

import { createHash, type X509Certificate } from "node:crypto";
import {
  type Clock,
  fromBase64url,
  installationScope,
  type JsonValue,
  StrongroomError,
  sha256,
  toBase64url,
  utf8,
} from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { z } from "zod";
import { systemEvent } from "../audit/event.ts";
import { keepFresh } from "../keep-fresh.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { issueCertificate } from "./certificate.ts";
import { type CertifiedKey, clockTolerance, installationRecords } from "./installation-keys.ts";

const day = 86_400_000;
/** Longest life of key and certificates, so that a stolen key dies by itself. */
const lifetime = 30 * day;
/** Age at which the key is replaced, and its certificates with it. */
const renewAfter = 20 * day;
const keyId = "envelope";

/** What signing works with. */
export interface EnvelopeSignerDeps {
  readonly hsm: Pick<HsmClient, "generateKey" | "sign">;
  readonly ledger: Pick<Ledger, "read" | "commit">;
  readonly ca: CertifiedKey;
  readonly clock: Clock;
}

/** Signs a payload as compact JWS for a host of a vault. */
export type SignEnvelope = (host: string, payload: object) => Promise<string>;

const contentSchema = z.object({ blob: z.string(), publicKey: z.string(), created: z.number() });

interface EnvelopeKey {
  readonly blob: Uint8Array;
  readonly spki: Uint8Array;
  readonly created: number;
  readonly certificates: Map<string, Promise<X509Certificate>>;
}

/** The signer; its key is made when it is first needed. */
export function createEnvelopeSigner(deps: EnvelopeSignerDeps): SignEnvelope {
  const fresh = keepFresh({
    load: () => load(deps),
    replace: () => replace(deps),
    isFresh: ({ created }) => deps.clock.now().getTime() - created < renewAfter,
  });
  return async (host, payload) => {
    const key = await fresh();
    const certificate = await certificateFor(deps, key, host);
    const encoded = [headerOf(certificate, deps.ca), payload]
      .map((part) => toBase64url(utf8(JSON.stringify(part))))
      .join(".");
    const place = { scope: installationScope, keyId };
    const digest = sha256(utf8(encoded));
    return `${encoded}.${toBase64url(await deps.hsm.sign(key.blob, "RS256", digest, place))}`;
  };
}

function headerOf({ raw }: X509Certificate, { certificate: root }: CertifiedKey) {
  const sha1 = createHash("sha1").update(raw).digest();
  return {
    alg: "RS256",
    typ: "JWT",
    kid: sha1.toString("hex").toUpperCase(),
    x5t: sha1.toString("base64url"),
    "x5t#S256": toBase64url(sha256(raw)),
    x5c: [raw, root.raw].map((der) => der.toString("base64")),
  };
}

async function load(deps: EnvelopeSignerDeps): Promise<EnvelopeKey> {
  const id = installationRecords.envelopeKey;
  const record = await deps.ledger.read({ scope: installationScope, id });
  return record === undefined ? await replace(deps) : open(record.body);
}

function open(content: JsonValue): EnvelopeKey {
  const parsed = contentSchema.safeParse(content);
  if (!parsed.success) {
    throw new StrongroomError("StoreTampered", "the record of the envelope key is unreadable");
  }
  const { blob, publicKey, created } = parsed.data;
  const [spki, bytes] = [fromBase64url(publicKey), fromBase64url(blob)];
  return { blob: bytes, spki, created, certificates: new Map() };
}

async function replace({ hsm, ledger, clock }: EnvelopeSignerDeps): Promise<EnvelopeKey> {
  const at = clock.now();
  const made = await hsm.generateKey({
    ...{ scope: installationScope, keyId, type: "rsa-2048", operations: ["sign"], class: "N" },
  });
  const content = {
    blob: toBase64url(made.blob),
    publicKey: toBase64url(made.publicKey),
    created: at.getTime(),
  };
  const key = { scope: installationScope, id: installationRecords.envelopeKey };
  await ledger.commit(async (tx) => {
    await tx.put(key, content);
    return { event: systemEvent("EnvelopeKeyRotate", at), result: undefined };
  });
  return open(content);
}

async function certificateFor(
  { ca }: EnvelopeSignerDeps,
  { certificates, spki, created }: EnvelopeKey,
  host: string,
): Promise<X509Certificate> {
  const known = certificates.get(host);
  if (known !== undefined) {
    return await known;
  }
  const issued = issueCertificate(
    {
      subject: "Strongroom vault",
      issuer: "Strongroom infrastructure CA",
      publicKey: spki,
      issuerPublicKey: ca.spki,
      notBefore: new Date(created - clockTolerance),
      notAfter: new Date(created + lifetime - clockTolerance),
      profile: { kind: "server", hosts: [host] },
    },
    ca.sign,
  );
  certificates.set(host, issued);
  issued.catch(() => certificates.delete(host));
  return await issued;
}
