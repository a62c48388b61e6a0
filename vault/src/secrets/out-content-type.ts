// SPDX-License-Identifier: Apache-2.0
/** The form in which a certificate's secret is asked for: Key Vault turns a PFX into PEM on the way out. */

import { SecretBytes, StrongroomError } from "@strongroom/core";
import { z } from "zod";

const pfx = "application/x-pkcs12";
const pem = "application/x-pem-file";

/** Query of a get. */
export const outContentTypeSchema = z.object({ outContentType: z.enum([pfx, pem]).optional() });

/** A form that can be asked for. */
export type OutContentType = typeof pfx | typeof pem;

/** Turns a PFX, in base64 as secrets hold it, into PEM of key and chain. */
export type PfxToPem = (pfx: Uint8Array) => Promise<SecretBytes>;

/** A value in the form that was asked for; the caller disposes of it. */
export interface TurnedValue {
  readonly value: SecretBytes;
  readonly contentType: string | undefined;
}

/** @throws {StrongroomError} `BadParameter` where the value cannot be had in that form. */
export async function toOutContentType(
  pfxToPem: PfxToPem | undefined,
  value: SecretBytes,
  contentType: string | undefined,
  form: OutContentType | undefined,
): Promise<TurnedValue> {
  if (form === undefined || form === contentType) {
    return { value: new SecretBytes(new Uint8Array(value.reveal())), contentType };
  }
  if (contentType !== pfx || form !== pem || pfxToPem === undefined) {
    throw new StrongroomError(
      "BadParameter",
      `outContentType turns ${pfx} into ${pem}; this secret has another content type`,
    );
  }
  return { value: await pfxToPem(value.reveal()), contentType: pem };
}
