// SPDX-License-Identifier: Apache-2.0
/** The token that is served, with the security domain of its keys. */

import type { Domain } from "../domain/domain-file.ts";
import { openToken } from "../token/open-token.ts";
import type { Pkcs11 } from "../token/pkcs11.ts";
import type { OpenToken } from "../token/token.ts";
import type { DataFolder } from "./data-folder.ts";
import { readDomain } from "./stored-domain.ts";

/** An open token. */
export interface HostedToken extends OpenToken {
  readonly domain: Domain | undefined;
}

/** As `openToken`. @throws {StrongroomError} also `HsmRefused` if the domain on the volume is another token's. */
export function openHosted(module: Pkcs11, folder: DataFolder, pin: string): HostedToken {
  const token = openToken(module, pin);
  return { ...token, domain: readDomain(folder.token.domain, token) };
}
