// SPDX-License-Identifier: Apache-2.0
/** Claims of a verified CCA token; Azure Attestation has none, so that all but the type are Strongroom's own. */

import { toHex } from "@strongroom/core";
import type { JsonObject } from "../strict-json.ts";
import type { CcaFacts } from "./verify-cca-token.ts";

/** The claims; measurements are lower-case hexadecimal. */
export function toCcaClaims({ token, platformKey, isDebug }: CcaFacts): JsonObject {
  const { claims: platform } = token.platform;
  const { claims: realm } = token.realm;
  const { verificationService } = platform;
  const { instanceId, memoryEncryption, liveActivation } = realm;
  return {
    "x-ms-attestation-type": "cca",
    "x-strongroom-cca-challenge": toHex(realm.challenge),
    "x-strongroom-cca-extensible-measurements": realm.extensibleMeasurements.map(toHex),
    "x-strongroom-cca-implementation-id": toHex(platform.implementationId),
    "x-strongroom-cca-initial-measurement": toHex(realm.initialMeasurement),
    "x-strongroom-cca-instance-id": toHex(platform.instanceId),
    "x-strongroom-cca-is-debuggable": isDebug,
    "x-strongroom-cca-lifecycle": platform.lifecycle,
    ...(liveActivation === undefined ? {} : { "x-strongroom-cca-live-activation": liveActivation }),
    ...(memoryEncryption === undefined
      ? {}
      : { "x-strongroom-cca-memory-encryption": memoryEncryption }),
    "x-strongroom-cca-personalization": toHex(realm.personalization),
    "x-strongroom-cca-platform-config": toHex(platform.config),
    "x-strongroom-cca-platform-profile": platform.profile,
    ...(instanceId === undefined
      ? {}
      : { "x-strongroom-cca-realm-instance-id": toHex(instanceId) }),
    "x-strongroom-cca-software": platform.softwareComponents.map(
      ({ type, version, measurement, signerId }) => ({
        ...(type === undefined ? {} : { type }),
        ...(version === undefined ? {} : { version }),
        measurement: toHex(measurement),
        signer: toHex(signerId),
      }),
    ),
    ...(verificationService === undefined
      ? {}
      : { "x-strongroom-cca-verification-service": verificationService }),
    "x-strongroom-class": platformKey.class,
    "x-strongroom-root": platformKey.name,
    "x-strongroom-tier": "tee",
  };
}
