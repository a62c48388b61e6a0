// SPDX-License-Identifier: Apache-2.0
/** Reaches a TPM: the kernel's device or a software TPM's socket, opened for each use. */

import { createSerial, type Milliseconds } from "@strongroom/core";
import { openDevice } from "./device-channel.ts";
import { openSocket } from "./socket-channel.ts";
import type { TpmAddress, TpmTransport } from "./tpm-transport.ts";

/** A slow TPM takes tens of seconds to make an RSA key; a socket may have to wait for another client too. */
const defaultTimeout: Milliseconds = 60_000;

/** Names a TPM; nothing is opened before the first use. Uses are served one at a time, in order. */
export function connectTpm(
  address: TpmAddress,
  options: { readonly timeoutMs?: Milliseconds } = {},
): TpmTransport {
  const timeout = options.timeoutMs ?? defaultTimeout;
  const serial = createSerial();
  const open = () =>
    address.kind === "device"
      ? openDevice(address.path, timeout)
      : openSocket(address.path, timeout);
  return {
    isResourceManaged: address.kind === "device",
    use: (work) =>
      serial(async () => {
        const channel = await open();
        const oneAtATime = createSerial();
        try {
          return await work({
            transact: (command) => oneAtATime(() => channel.transact(command)),
          });
        } finally {
          channel.close();
        }
      }),
  };
}
