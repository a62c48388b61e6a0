// SPDX-License-Identifier: Apache-2.0
/** The release key: signs what is released, certified by the release root for at most 30 days. */

import { type Clock, installationScope } from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { systemEvent } from "../audit/event.ts";
import { keepFresh } from "../keep-fresh.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { issueCertificate } from "./certificate.ts";
import {
  type CertifiedKey,
  clockTolerance,
  type InstallationKeys,
  installationRecords,
  openCertifiedKey,
  withCertificate,
} from "./installation-keys.ts";
import { makeSigningKey, openSigningKey } from "./signing-key.ts";

const keyId = "release";
const day = 86_400_000;
/** Longest life of a release key, so that a stolen one dies by itself. */
const lifetime = 30 * day;
/** Rest of its life at which it is replaced. */
const renewBefore = 10 * day;

/** What keeps the release key fresh. */
export interface ReleaseKeyDeps {
  readonly hsm: HsmClient;
  readonly ledger: Ledger;
  readonly keys: InstallationKeys;
  readonly clock: Clock;
}

/** Answers a release key that is valid for ten days or more, making a new one where needed. */
export function createReleaseKeySource(deps: ReleaseKeyDeps): () => Promise<CertifiedKey> {
  return keepFresh({
    load: () => load(deps),
    replace: () => replace(deps),
    isFresh: (key) => isFresh(key, deps.clock.now()),
  });
}

async function load(deps: ReleaseKeyDeps): Promise<CertifiedKey> {
  const key = { scope: installationScope, id: installationRecords.releaseKey };
  const record = await deps.ledger.read(key);
  return record === undefined
    ? await replace(deps)
    : openCertifiedKey(deps.hsm, keyId, record.body);
}

async function replace({ hsm, ledger, keys, clock }: ReleaseKeyDeps): Promise<CertifiedKey> {
  const at = clock.now();
  const content = await makeSigningKey(hsm, keyId);
  const key = openSigningKey(hsm, keyId, content);
  const certificate = await issueCertificate(
    {
      subject: "Strongroom release key",
      issuer: "Strongroom release root",
      publicKey: key.spki,
      issuerPublicKey: keys.releaseRoot.spki,
      notBefore: new Date(at.getTime() - clockTolerance),
      notAfter: new Date(at.getTime() + lifetime - clockTolerance),
      profile: { kind: "signer" },
    },
    keys.releaseRoot.sign,
  );
  const whole = withCertificate(content, certificate);
  const id = installationRecords.releaseKey;
  await ledger.commit(async (tx) => {
    await tx.put({ scope: installationScope, id }, whole);
    return { event: systemEvent("ReleaseKeyRotate", at), result: undefined };
  });
  return openCertifiedKey(hsm, keyId, whole);
}

function isFresh(key: CertifiedKey, at: Date): boolean {
  return new Date(key.certificate.validTo).getTime() - at.getTime() > renewBefore;
}
