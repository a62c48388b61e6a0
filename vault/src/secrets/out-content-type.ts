// SPDX-License-Identifier: Apache-2.0
/** The form in which a certificate's secret is asked for: Key Vault turns a PFX into PEM on the way out. */

import { type SecretBytes, StrongroomError } from "@strongroom/core";
import { z } from "zod";

const pfx = "application/x-pkcs12";
const pem = "application/x-pem-file";

/** Query of a get. */
export const outContentTypeSchema = z.object({ outContentType: z.enum([pfx, pem]).optional() });

/** A form that can be asked for. */
export type OutContentType = typeof pfx | typeof pem;

/** Turns a PFX, in base64 as secrets hold it, into PEM of key and chain. */
export type PfxToPem = (pfx: Uint8Array) => Promise<SecretBytes>;

/**
 * A value in the form that was asked for, which is another than the one it has; the caller disposes of it.
 *
 * @throws {StrongroomError} `BadParameter` where it cannot be had in that form.
 */
export async function toOutContentType(
  pfxToPem: PfxToPem | undefined,
  value: SecretBytes,
  contentType: string | undefined,
  form: OutContentType,
): Promise<SecretBytes> {
  if (contentType !== pfx || form !== pem || pfxToPem === undefined) {
    throw new StrongroomError(
      "BadParameter",
      `outContentType turns ${pfx} into ${pem}; this secret has another content type`,
    );
  }
  return await pfxToPem(value.reveal());
}
