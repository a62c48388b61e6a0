// SPDX-License-Identifier: Apache-2.0
/** Whose keys Secure Boot went by, as far as a log proves it. */

import { sha256, toHex } from "@strongroom/core";
import type { EfiVariable } from "./efi-variable.ts";
import type { SecureBootState } from "./secure-boot.ts";
import { certificatesOf } from "./signature-list.ts";

/** Certificates by SHA-256, hexadecimal. */
export interface SecureBootKeys {
  /** The one of PK. */
  readonly platformKey: string;
  /** Those that KEK may have. */
  readonly exchangeKeys: readonly string[];
  /** Those that db may have. */
  readonly authorities: readonly string[];
  /** Those of db that sign Windows' boot manager alone. */
  readonly windowsAuthorities: readonly string[];
}

/** Bytes of the GUID that names an entry's owner, before the certificate. */
const ownerBytes = 16;

/** Whether PK and KEK have these keys and no others; undefined where either was not measured. */
export function hasDefaultKeys(
  { databases }: SecureBootState,
  { platformKey, exchangeKeys }: SecureBootKeys,
): boolean | undefined {
  if (!databases.has("PK") || !databases.has("KEK")) {
    return undefined;
  }
  const platform = certificatesOf(databases.get("PK")) ?? [];
  const exchange = certificatesOf(databases.get("KEK"));
  return (
    platform.length === 1 &&
    platform[0] === platformKey &&
    exchange?.every((key) => exchangeKeys.includes(key)) === true
  );
}

/** Whether db has these certificates and nothing else; undefined where it was not measured. */
export function hasKnownDatabase(
  { databases }: SecureBootState,
  { authorities }: SecureBootKeys,
): boolean | undefined {
  const found = certificatesOf(databases.get("db"));
  return databases.has("db")
    ? found?.every((one) => authorities.includes(one)) === true
    : undefined;
}

/** Whether Secure Boot was on, and nothing was started but what those signed who sign Windows' boot manager alone. */
export function isWindowsAlone(
  { isEnabled, since }: SecureBootState,
  { windowsAuthorities }: SecureBootKeys,
): boolean {
  return (
    isEnabled &&
    since !== undefined &&
    since.length > 0 &&
    since.every((entry) => formsOf(entry).some((form) => windowsAuthorities.includes(form)))
  );
}

/** The certificate of an entry of db; some firmware measures it without its owner. */
function formsOf(entry: EfiVariable | Uint8Array): readonly string[] {
  if (entry instanceof Uint8Array) {
    return [];
  }
  const { name, data } = entry;
  return name === "db" ? [data.slice(ownerBytes), data].map((form) => toHex(sha256(form))) : [];
}
