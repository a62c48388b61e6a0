// SPDX-License-Identifier: Apache-2.0
/** What a security officer does to the HSM's keys, before there is a store and afterwards. */

import { createPublicKey } from "node:crypto";
import type { DomainStatus, rotateRequestSchema, TransferKey } from "@strongroom/api";
import {
  type Clock,
  fromBase64url,
  type JsonValue,
  sha256,
  toBase64url,
  toHex,
} from "@strongroom/core";
import { type HsmClient, type HsmDomain, performCeremony } from "@strongroom/hsm/client";
import { decodeDomain, keyDigest } from "@strongroom/hsm/domain";
import type { z } from "zod";
import { Refusal } from "../audit/event.ts";
import { toCertificates } from "./custodian-certificates.ts";

/** Longest time in milliseconds from a key's making to its record: the ledger's deadline, with room. */
const settlingMs = 5_000;

/** What it works with. */
export interface DomainServiceDeps {
  readonly hsm: HsmClient;
  readonly clock: Clock;
  /** Whether the store was made with keys that a token without keys cannot have. */
  readonly recoveryRequired: boolean;
  /** Keys in the store that are under older key encryption keys. */
  readonly outdated: () => Promise<number>;
  /** Records that the store needs the newest keys alone. */
  readonly beforeRetiring: () => Promise<void>;
}

/** A rotation as it is asked for; without certificates the custodians stay. */
export type Rotation = z.output<typeof rotateRequestSchema>;

/** An act: what of it belongs into the audit log before it begins, and the act itself. */
export interface DomainAct<T> {
  readonly properties: { readonly [name: string]: JsonValue };
  readonly perform: () => Promise<T>;
}

/** How the security domain and its keys are. */
export async function domainStatus(deps: DomainServiceDeps): Promise<DomainStatus> {
  const { state, custodians, required } = await deps.hsm.domain();
  const generations = state === "pending" ? [] : (await deps.hsm.status()).generations;
  return {
    ...{ state, custodians, required, recoveryRequired: deps.recoveryRequired },
    generations: generations.map(({ n }) => n),
    outdated: state === "pending" ? 0 : await deps.outdated(),
  };
}

/**
 * Activation; the same custodians get the same domain again.
 *
 * @throws {Refusal} `RecoveryRequired` over a store that has keys, `Conflict` for other custodians.
 */
export function download(
  deps: DomainServiceDeps,
  request: {
    readonly certificates: readonly { readonly x5c: readonly string[] }[];
    readonly required: number;
  },
): DomainAct<string> {
  const certificates = toCertificates(request.certificates);
  const { required } = request;
  const custodians = certificates.map((der) => toHex(sha256(der)));
  return {
    properties: { custodians, required },
    perform: async () => {
      const present = await deps.hsm.domain();
      if (present.state !== "pending") {
        return again(present, custodians, required);
      }
      if (deps.recoveryRequired) {
        throw new Refusal("RecoveryRequired", "the store has keys: upload their security domain");
      }
      await performCeremony(deps.hsm, deps.clock, { kind: "activate", certificates, required });
      return toBase64url((await deps.hsm.domain()).file);
    },
  };
}

function again(present: HsmDomain, custodians: readonly string[], required: number): string {
  const [newest] = present.state === "active" ? decodeDomain(present.file) : [];
  const known = newest?.custodians.map(({ certificate }) => toHex(sha256(certificate))) ?? [];
  if (newest?.required !== required || [...known].sort().join() !== [...custodians].sort().join()) {
    throw new Refusal("Conflict", "the HSM is active, and its security domain is for others");
  }
  return toBase64url(present.file);
}

/** The key that custodians encrypt their shares to. */
export async function transferKey({ hsm }: DomainServiceDeps): Promise<TransferKey> {
  const spki = Buffer.from(await hsm.exchangeKey());
  const key = createPublicKey({ key: spki, format: "der", type: "spki" });
  const { n = "", e = "" } = key.export({ format: "jwk" });
  const jwk = { kty: "RSA", n, e, alg: "RSA-OAEP-256", key_ops: ["encrypt"] } as const;
  return { key_format: "jwk", transfer_key: { ...jwk, key_ops: ["encrypt"], kid: keyDigest(key) } };
}

/** Recovery. @throws {StrongroomError} `Conflict` on an HSM that has keys, `BadParameter` without a quorum */
export function upload({ hsm, clock }: DomainServiceDeps, value: string): DomainAct<void> {
  const restore = fromBase64url(value);
  return {
    properties: { restore: toHex(sha256(restore)) },
    perform: () => performCeremony(hsm, clock, { kind: "recover", restore }),
  };
}

/** New keys. @throws {StrongroomError} `Forbidden` for other custodians without a quorum of the present ones */
export function rotate(deps: DomainServiceDeps, request: Rotation): DomainAct<DomainStatus> {
  const { required, restore } = request;
  const certificates = toCertificates(request.certificates);
  return {
    properties: { custodians: certificates.map((der) => toHex(sha256(der))), required },
    perform: async () => {
      await performCeremony(deps.hsm, deps.clock, {
        ...{ kind: "rotate", certificates, required },
        ...(restore !== undefined && { restore: fromBase64url(restore) }),
      });
      return await domainStatus(deps);
    },
  };
}

/** The end of old keys. @throws {Refusal} `Conflict` while anything in the store is under them */
export function retire(deps: DomainServiceDeps): DomainAct<DomainStatus> {
  return {
    properties: {},
    perform: async () => {
      await requireNoneOutdated(deps);
      // A request that has made its key before the rotation may still be about to write it.
      await deps.clock.sleep(settlingMs);
      await requireNoneOutdated(deps);
      await deps.beforeRetiring();
      await performCeremony(deps.hsm, deps.clock, { kind: "retire" });
      return await domainStatus(deps);
    },
  };
}

async function requireNoneOutdated(deps: DomainServiceDeps): Promise<void> {
  const outdated = await deps.outdated();
  if (outdated > 0) {
    throw new Refusal("Conflict", `${outdated} keys in the store are under old keys still`);
  }
}
