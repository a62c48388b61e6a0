// SPDX-License-Identifier: Apache-2.0
/** Certification requests, for an authority outside. RFC 2986 section 4. */

import { type Der, sequence, smallInteger } from "./der.ts";
import { extensionRequest } from "./extensions.ts";
import { type CertificateSigner, signStructure } from "./signer.ts";

/** What a request says besides the signer's key. */
export interface RequestContent {
  /** Name, DER. */
  readonly subject: Uint8Array;
  readonly extensions: readonly Uint8Array[];
}

/** A request, DER, signed by the key that it is for. */
export async function signRequest(
  { subject, extensions }: RequestContent,
  signer: CertificateSigner,
): Promise<Der> {
  const version = smallInteger(0);
  const information = sequence(version, subject, signer.publicKey, extensionRequest(extensions));
  return await signStructure(information, signer);
}
