// SPDX-License-Identifier: Apache-2.0
/** What lies where on the token's volume. */

import { join } from "node:path";

/** Paths on the token's volume. */
export interface DataFolder {
  readonly root: string;
  /** SoftHSM's configuration. */
  readonly tokenConfig: string;
  /** SoftHSM's objects; there, whole, or not at all. */
  readonly tokens: string;
  /** Where the init step works, and the configuration that it works with. */
  readonly newTokens: string;
  readonly newTokenConfig: string;
  /** The user's PIN, mode 0400. */
  readonly pin: string;
  /** Which PIN file the token refused. */
  readonly refusedPin: string;
  /** One file for each log: its highest head. */
  readonly heads: string;
}

/** The layout below `root`. */
export function dataFolder(root: string): DataFolder {
  return {
    root,
    tokenConfig: join(root, "softhsm2.conf"),
    tokens: join(root, "tokens"),
    newTokens: join(root, "tokens.new"),
    newTokenConfig: join(root, "softhsm2.conf.new"),
    pin: join(root, "pin"),
    refusedPin: join(root, "pin.refused"),
    heads: join(root, "heads"),
  };
}
