// SPDX-License-Identifier: Apache-2.0
/**
 * Which ServiceAccount a name in a SecretVault stands for: the first one that the operator found, for as long as the
 * resource names it. An account that is deleted and made anew is another one and inherits nothing.
 */

/** Names and uids. */
export interface AccountBinding {
  /** Names that the resource uses without saying which uid they mean. */
  readonly named: readonly string[];
  /** Uid by name as bound before. */
  readonly bound: Readonly<Record<string, string>>;
  /** Uid by name of the accounts that exist, as the operator sees them. */
  readonly existing: Readonly<Record<string, string>>;
}

/** What the names stand for. */
export interface BoundAccounts {
  readonly bound: Readonly<Record<string, string>>;
  /** Names for which there has been no account yet: they are nobody. */
  readonly pending: readonly string[];
  /** Names whose account was made anew; the new one has no rights. */
  readonly replaced: readonly string[];
}

/** Binds every name once. A name that the resource no longer uses is forgotten. */
export function bindAccounts({ named, bound, existing }: AccountBinding): BoundAccounts {
  const names = [...new Set(named)].sort();
  const of = (uids: Readonly<Record<string, string>>, name: string) =>
    Object.hasOwn(uids, name) ? uids[name] : undefined;
  const uidOf = (name: string) => of(bound, name) ?? of(existing, name);
  const known = names.flatMap((name) => {
    const uid = uidOf(name);
    return uid === undefined ? [] : [[name, uid] as const];
  });
  return {
    bound: Object.fromEntries(known),
    pending: names.filter((name) => uidOf(name) === undefined),
    replaced: names.filter((name) => {
      const now = of(existing, name);
      return now !== undefined && now !== uidOf(name);
    }),
  };
}
