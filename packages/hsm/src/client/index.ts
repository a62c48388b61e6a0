// SPDX-License-Identifier: Apache-2.0
/** The HSM host's client: what the vault uses of this package. Free of native code. */

export { type ConnectOptions, connectHsm } from "./connect-hsm.ts";
export type {
  AnchoredHead,
  DataKeyOperation,
  DataKeySpec,
  GeneratedKey,
  HsmClient,
  HsmStatus,
  KeyPlace,
  KeySpec,
  SigningOperation,
  UnsignedHead,
} from "./hsm-client.ts";
