// SPDX-License-Identifier: Apache-2.0
/** Attributes of a resource in Key Vault's terms: times in seconds. */

/** Attributes as a resource has them. */
export interface ResourceAttributes {
  readonly enabled: boolean;
  readonly notBefore?: string | undefined;
  readonly expires?: string | undefined;
}

/** The same for the vault. */
export function toAttributes({ enabled, notBefore, expires }: ResourceAttributes) {
  const seconds = (text: string) => Math.floor(Date.parse(text) / 1_000);
  return {
    enabled,
    ...(notBefore !== undefined && { nbf: seconds(notBefore) }),
    ...(expires !== undefined && { exp: seconds(expires) }),
  };
}
