// SPDX-License-Identifier: Apache-2.0
/** An installation with one vault, in memory, with real cryptography where the plugin relies on it. */

import { type RuntimeData, runtimeDataSchema } from "@strongroom/api";
import {
  type ErrorCode,
  equalBytes,
  fromBase64url,
  fromUtf8,
  StrongroomError,
  sha256,
  toBase64url,
  utf8,
} from "@strongroom/core";
import { compactVerify, importJWK, UnsecuredJWT } from "jose";
import type { EvidenceCollector } from "../attestation/evidence-collector.ts";
import type { InstallationPort } from "../attestation/installation-port.ts";
import type { ReleaseCall, ReleasedItem, VaultPort } from "../release/vault-port.ts";
import { answerItem, type Holdings } from "./answer-item.ts";

/** What the vault holds and how it behaves; a test may change it at any time. */
export interface FakeVaultState extends Holdings {
  /** What every call for a release fails with. */
  readonly releaseFails?: ErrorCode | undefined;
  /** What the next release, and only that, fails with. */
  readonly nextReleaseFails?: ErrorCode | undefined;
  /** What every attestation fails with. */
  readonly attestFails?: ErrorCode | undefined;
  /** Whether the device is known; an enrolment makes it so. */
  readonly enrolled: boolean;
  readonly uid: string;
  /** How long a release takes, in milliseconds. */
  readonly delayMs: number;
}

/** What happened so far. */
export interface FakeVaultCounts {
  readonly attestations: number;
  readonly releases: number;
  readonly enrolments: number;
}

/** A vault that works and holds nothing. */
export const workingVault: FakeVaultState = {
  secrets: {},
  denied: {},
  enrolled: true,
  uid: "vault-uid-1",
  delayMs: 0,
};

/** Both ports of the plugin, over one state. */
export interface FakeVault extends InstallationPort, VaultPort {
  state: FakeVaultState;
  readonly counts: FakeVaultCounts;
}

const credential = {
  id: "enrolment-1",
  credentialBlob: utf8("blob"),
  encryptedSecret: utf8("seed"),
};

/** A TPM whose quote is the extra data itself. */
export const fakeCollector: EvidenceCollector = {
  identity: async () => ({ ekCertificates: [utf8("ek")], akPublic: utf8("ak") }),
  activate: async ({ credentialBlob }) => sha256(credentialBlob),
  quote: async (extraData) => ({
    akPublic: utf8("ak"),
    quote: extraData,
    signature: utf8("signature"),
    pcrs: { "0": "00".repeat(32) },
  }),
};

/** @param initial State to begin with. */
export function createFakeVault(initial: FakeVaultState): FakeVault {
  const counts = { attestations: 0, releases: 0, enrolments: 0 };
  const sessions = new Map<string, RuntimeData>();
  const fake: FakeVault = {
    state: initial,
    counts,
    challenge: async () => "nonce-0123456789abcdef",
    attestTpm: async (evidence) => {
      counts.attestations += 1;
      failWith(fake.state.enrolled ? fake.state.attestFails : "NotEnrolled");
      const raw = fromBase64url(evidence.runtimeData);
      if (!equalBytes(fromBase64url(evidence.quote), sha256(raw))) {
        throw new StrongroomError("EvidenceMalformed", "the quote is over something else");
      }
      const token = new UnsecuredJWT({ n: counts.attestations }).setExpirationTime("1h").encode();
      sessions.set(token, runtimeDataSchema.parse(JSON.parse(fromUtf8(raw))));
      return token;
    },
    attestTee: () =>
      Promise.reject(new StrongroomError("EvidenceRefused", "no tee is trusted here")),
    enrol: async () => credential,
    activate: async ({ id, secret }) => {
      if (id !== credential.id || !equalBytes(secret, sha256(credential.credentialBlob))) {
        throw new StrongroomError("Forbidden", "the credential was not activated");
      }
      counts.enrolments += 1;
      fake.state = { ...fake.state, enrolled: true };
    },
    identity: async () => fake.state.uid,
    release: async (call) => {
      counts.releases += 1;
      await new Promise((resolve) => setTimeout(resolve, fake.state.delayMs));
      const { nextReleaseFails, ...rest } = fake.state;
      fake.state = rest;
      failWith(nextReleaseFails ?? rest.releaseFails);
      return await answer(fake.state, sessions, call);
    },
  };
  return fake;
}

async function answer(
  state: FakeVaultState,
  sessions: ReadonlyMap<string, RuntimeData>,
  call: ReleaseCall,
): Promise<readonly ReleasedItem[]> {
  const { target } = JSON.parse(fromUtf8(call.body)) as { target: string };
  const keys = sessions.get(target)?.keys;
  if (keys === undefined) {
    throw new StrongroomError("TargetInvalid", "unknown target");
  }
  await checkProof(state, keys[2], target, call);
  const { items, jti } = call.expected;
  return await Promise.all(items.map((item) => answerItem(state, keys, item, jti)));
}

async function checkProof(
  state: FakeVaultState,
  key: RuntimeData["keys"][2],
  target: string,
  call: ReleaseCall,
): Promise<void> {
  const { payload } = await compactVerify(call.proof, await importJWK({ ...key }, "ES256"));
  const claims: Readonly<Record<string, unknown>> = JSON.parse(fromUtf8(payload));
  const expected = {
    vault: state.uid,
    ath: toBase64url(sha256(utf8(call.podToken))),
    tth: toBase64url(sha256(utf8(target))),
    bh: toBase64url(sha256(call.body)),
    jti: call.expected.jti,
  };
  if (Object.entries(expected).some(([name, value]) => claims[name] !== value)) {
    throw new StrongroomError("ProofInvalid", "the proof is for something else");
  }
}

function failWith(code: ErrorCode | undefined): void {
  if (code !== undefined) {
    throw new StrongroomError(code, `the vault says ${code}`);
  }
}
