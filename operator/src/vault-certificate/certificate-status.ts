// SPDX-License-Identifier: Apache-2.0
/** The status of a VaultCertificate from what the vault answered. Pure. */

import type { PutCertificateResponse, VaultCertificateStatus } from "@strongroom/api";
import type { VaultCertificate } from "../resource.ts";
import { notReady, ready, type Verdict, withConditions } from "../status.ts";

/** Status after the vault took the resource; `Ready` only when the newest version is issued. */
export function toCertificateStatus(
  certificate: VaultCertificate,
  answer: PutCertificateResponse,
  at: Date,
): VaultCertificateStatus {
  const { version, id, expires, thumbprint, request } = answer;
  const known = {
    version,
    id,
    ...(expires !== undefined && { expires: new Date(expires * 1_000).toISOString() }),
    ...(thumbprint !== undefined && { thumbprint }),
    ...(request !== undefined && { request }),
  };
  return withConditions<VaultCertificateStatus>(certificate, known, [toVerdict(answer)], at);
}

function toVerdict({ state, message, request }: PutCertificateResponse): Verdict {
  switch (state) {
    case "completed":
      return ready("the certificate is in the vault");
    case "inProgress":
      return request === undefined
        ? notReady("Issuing", "the certificate is being issued")
        : notReady("WaitingForMerge", "the request in the status waits to be signed and merged");
    case "failed":
    case "cancelled":
      return notReady("NotIssued", message ?? "the last attempt to issue it ended without one");
  }
}
