// SPDX-License-Identifier: Apache-2.0
/** Collects evidence of a program on this node that has it: any TEE that Strongroom does not know how to ask. See proto/evidence.proto. */

import { credentials, type ServiceError, status } from "@grpc/grpc-js";
import { type Clock, StrongroomError } from "@strongroom/core";
import type { CollectResponse__Output as CollectResponse } from "../generated/strongroom/evidence/v1/CollectResponse.ts";
import { evidenceServices } from "../grpc/services.ts";
import { providerAnswerBytes, teeAnswerBytes, teeTimeout } from "../limits.ts";
import type { Collected, TeeCollector, TeeEvidence } from "../tee/tee-evidence.ts";

/** Where the provider listens. */
export interface ProviderDeps {
  /** Absolute path of its Unix socket. */
  readonly path: string;
  readonly clock: Clock;
}

/** A collector over a Unix socket; it is connected to anew for each use. */
export function createProviderCollector(deps: ProviderDeps): TeeCollector {
  return {
    collect: async (binding, signal) => toCollected(await call(deps, binding, signal)),
  };
}

async function call(
  { path, clock }: ProviderDeps,
  binding: Uint8Array,
  signal: AbortSignal,
): Promise<CollectResponse> {
  const client = new evidenceServices.EvidenceProvider(
    `unix:${path}`,
    credentials.createInsecure(),
    { "grpc.max_receive_message_length": providerAnswerBytes },
  );
  const { promise, resolve, reject } = Promise.withResolvers<CollectResponse>();
  const deadline = new Date(clock.now().getTime() + teeTimeout);
  const sent = client.collect({ binding }, { deadline }, (error, answer) =>
    error === null && answer !== undefined ? resolve(answer) : reject(toError(error)),
  );
  const cancel = () => sent.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", cancel);
    client.close();
  }
}

/** Statuses after which another call may be answered. */
const passing: readonly number[] = [
  status.UNAVAILABLE,
  status.RESOURCE_EXHAUSTED,
  status.DEADLINE_EXCEEDED,
  status.CANCELLED,
  status.ABORTED,
];

function toError(cause: ServiceError | null): StrongroomError {
  const code = cause?.code ?? status.UNKNOWN;
  return new StrongroomError(
    passing.includes(code) ? "TeeUnavailable" : "TeeFailed",
    `the evidence provider answers ${status[code]}`,
    { cause },
  );
}

function toCollected(answer: CollectResponse): Collected {
  const evidence = toEvidence(answer);
  const sizes = evidence === undefined ? [] : sizesOf(evidence);
  if (evidence === undefined || sizes.some((size) => size === 0 || size > teeAnswerBytes)) {
    throw new StrongroomError("TeeFailed", "the evidence provider answers no evidence of ours");
  }
  return { evidence, endorsements: answer.endorsements.map((one) => new Uint8Array(one)) };
}

function toEvidence(answer: CollectResponse): TeeEvidence | undefined {
  const { snp, tdxQuote, sgxQuote, nitroDocument, ccaToken } = answer;
  switch (answer.evidence) {
    case "snp":
      return snp === null || snp === undefined ? undefined : toSnp(snp);
    case "tdxQuote":
      return { kind: "TdxVm", quote: new Uint8Array(tdxQuote ?? []) };
    case "sgxQuote":
      return { kind: "SgxEnclave", quote: new Uint8Array(sgxQuote ?? []) };
    case "nitroDocument":
      return { kind: "Nitro", document: new Uint8Array(nitroDocument ?? []) };
    case "ccaToken":
      return { kind: "Cca", token: new Uint8Array(ccaToken ?? []) };
    default:
      return undefined;
  }
}

function toSnp({ report, certificateTable }: NonNullable<CollectResponse["snp"]>): TeeEvidence {
  const table =
    certificateTable.length === 0 ? {} : { certificateTable: new Uint8Array(certificateTable) };
  return { kind: "SevSnpVm", report: new Uint8Array(report), ...table };
}

function sizesOf(evidence: TeeEvidence): readonly number[] {
  return Object.values(evidence).flatMap((part) =>
    part instanceof Uint8Array ? [part.length] : [],
  );
}
