// SPDX-License-Identifier: Apache-2.0
/** The HSM as a port: what stands on it names these types, and `@strongroom/hsm/client` gives the one implementation. */

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
} from "./client/hsm-client.ts";
