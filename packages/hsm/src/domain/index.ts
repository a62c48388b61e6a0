// SPDX-License-Identifier: Apache-2.0
/** The security domain's formats and what custodians do with them, offline. Free of native code. */

export { keyDigest } from "./custodians.ts";
export { type Domain, decodeDomain } from "./domain-file.ts";
export {
  addShares,
  decodeRestore,
  encodeRestore,
  openCustodianKey,
  type Restore,
  startRestore,
} from "./restore-file.ts";
