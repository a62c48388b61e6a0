// SPDX-License-Identifier: Apache-2.0
/** The installation's attestation authority over HTTPS. */

import type { VaultClient } from "@strongroom/client";
import { fromBase64url, toBase64url } from "@strongroom/core";
import { untilAborted } from "../abortable.ts";
import type { InstallationPort } from "./installation-port.ts";

/** @param client Client of the installation's host. */
export function createInstallationAdapter(client: VaultClient): InstallationPort {
  return {
    challenge: async (signal) => (await untilAborted(client.challenge(), signal)).nonce,
    attestTpm: async (evidence, signal) =>
      (await untilAborted(client.attestTpm(evidence), signal)).token,
    attestTee: async (attestation, signal) =>
      (await untilAborted(client.attestTee(attestation), signal)).token,
    enrol: async ({ ekCertificates, akPublic }, signal) => {
      const answer = client.enrol({
        kind: "tpm",
        ekCertificates: ekCertificates.map((der) => Buffer.from(der).toString("base64")),
        akPublic: toBase64url(akPublic),
      });
      const { id, credentialBlob, encryptedSecret } = await untilAborted(answer, signal);
      return {
        id,
        credentialBlob: fromBase64url(credentialBlob),
        encryptedSecret: fromBase64url(encryptedSecret),
      };
    },
    activate: async ({ id, secret }, signal) => {
      await untilAborted(client.activate({ id, secret: toBase64url(secret) }), signal);
    },
  };
}
