// SPDX-License-Identifier: Apache-2.0
/** Seals a value: JWE of RSA-OAEP-256 and A256GCM, with what it is for in the protected header. RFC 7516, RFC 7518. */

import { type SealedHeader, sealedHeaderSchema, sealedValueType } from "@strongroom/api";
import { CompactEncrypt, calculateJwkThumbprint, importJWK } from "jose";
import { CommandError } from "../terminal.ts";
import type { Recipient } from "./read-recipient.ts";

/** What the value is for. @throws {CommandError} `BadParameter` if the name is none, or the key is not what it says */
export async function sealValue(
  { vault, namespace, key }: Recipient,
  purpose: Pick<SealedHeader, "name" | "serial">,
  value: Uint8Array,
): Promise<string> {
  if ((await calculateJwkThumbprint(key)) !== key.kid) {
    throw new CommandError("BadParameter", "the vault's sealing key is not the one that it names");
  }
  const header = sealedHeaderSchema.safeParse({
    ...{ alg: "RSA-OAEP-256", enc: "A256GCM", typ: sealedValueType, kid: key.kid },
    ...{ vault, namespace, ...purpose },
  });
  if (!header.success) {
    throw new CommandError("BadParameter", `"${purpose.name}" is no name of a secret`);
  }
  return await new CompactEncrypt(value)
    .setProtectedHeader(header.data)
    .encrypt(await importJWK(key, "RSA-OAEP-256"));
}
