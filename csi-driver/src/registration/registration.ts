// SPDX-License-Identifier: Apache-2.0
/**
 * Registers the driver with kubelet, which watches a directory for sockets. Kubelet never retries a registration that
 * failed, so after a refusal the socket goes away and comes back.
 */

import { csiDriverName } from "@strongroom/api";
import type { Log } from "@strongroom/core";
import type { RegistrationHandlers } from "../generated/pluginregistration/Registration.ts";
import type { RegistrationStatus__Output } from "../generated/pluginregistration/RegistrationStatus.ts";
import { type Listener, listen } from "../grpc/listen.ts";
import { registrationServices } from "../grpc/services.ts";
import { unary } from "../grpc/unary.ts";
import type { Metrics } from "../health/metrics.ts";
import { backOff } from "../limits.ts";
import type { RetryTiming } from "../retry.ts";

/** What registering needs. */
export interface RegistrationDeps extends RetryTiming {
  /** `<kubelet root>/plugins_registry/csi.strongroom.io-reg.sock` */
  readonly socket: string;
  /** Where kubelet finds the driver. */
  readonly endpoint: string;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** The driver's place with kubelet. */
export interface Registration {
  /** Whether kubelet has said that it knows the driver. */
  readonly isRegistered: boolean;
  /** Serves until `signal` aborts; binds anew after each refusal. */
  run(signal: AbortSignal): Promise<void>;
}

/** Nothing listens before `run`. */
export function createRegistration(deps: RegistrationDeps): Registration {
  const { clock, jitter, log, metrics } = deps;
  let isRegistered = false;
  const onStatus = (status: RegistrationStatus__Output, refused: () => void): void => {
    isRegistered = status.pluginRegistered;
    metrics.registered(isRegistered);
    if (isRegistered) {
      log.info("driver registered with kubelet");
    } else {
      log.warn("kubelet refused the driver", { reason: status.error.slice(0, 512) });
      refused();
    }
  };
  return {
    get isRegistered() {
      return isRegistered;
    },
    run: async (signal) => {
      for (let pause: number = backOff.first; !signal.aborted; ) {
        const { promise: refused, resolve: refuse } = Promise.withResolvers<void>();
        const listener = await serve(deps, (status) => onStatus(status, refuse)).catch(
          (error: unknown) => log.failure("registration socket not bound", error),
        );
        if (listener !== undefined) {
          await Promise.race([refused, aborted(signal)]);
          await listener.close();
        }
        await clock.sleep(jitter(pause), signal).catch(() => undefined);
        pause = Math.min(pause * 2, backOff.last);
      }
    },
  };
}

async function serve(
  { socket, endpoint, log }: RegistrationDeps,
  onStatus: (status: RegistrationStatus__Output) => void,
): Promise<Listener> {
  const handlers: RegistrationHandlers = {
    GetInfo: unary(log, "GetInfo", async () => ({
      type: "CSIPlugin",
      name: csiDriverName,
      endpoint,
      supportedVersions: ["1.0.0"],
    })),
    NotifyRegistrationStatus: unary(log, "NotifyRegistrationStatus", async (status) => {
      onStatus(status);
      return {};
    }),
  };
  return await listen(socket, (server) => {
    server.addService(registrationServices.Registration.service, handlers);
  });
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await new Promise<void>((resolve) =>
      signal.addEventListener("abort", () => resolve(), { once: true }),
    );
  }
}
