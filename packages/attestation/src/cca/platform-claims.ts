// SPDX-License-Identifier: Apache-2.0
/** Claims of a CCA platform token. draft-ffm-rats-cca-token-04, sections 4.3 to 4.7; RMM, "CCA platform claims". */

import { malformed } from "../byte-reader.ts";
import { isCborMap } from "../read-cbor.ts";
import { ClaimSet } from "./claim-set.ts";
import { type PlatformProfile, platformProfiles } from "./platform-profiles.ts";

/** A piece of firmware that was measured. */
export interface CcaSoftwareComponent {
  readonly type: string | undefined;
  readonly measurement: Uint8Array;
  readonly version: string | undefined;
  readonly signerId: Uint8Array;
}

/** What the platform says of itself. */
export interface CcaPlatform {
  readonly profile: string;
  /** What it vouches for: the digest of the key that signed the realm's token. */
  readonly realmKeyDigest: Uint8Array;
  /** What it answers itself, which has to be what the realm answers; only where its profile has that. */
  readonly challenge?: Uint8Array;
  readonly implementationId: Uint8Array;
  readonly instanceId: Uint8Array;
  readonly config: Uint8Array;
  readonly lifecycle: CcaLifecycle;
  readonly softwareComponents: readonly CcaSoftwareComponent[];
  readonly verificationService: string | undefined;
}

/** States of a platform; only in `secured` can nobody look into a realm. */
export type CcaLifecycle =
  | "unknown"
  | "assembly-and-test"
  | "provisioning"
  | "secured"
  | "non-cca-platform-debug"
  | "recoverable-cca-platform-debug"
  | "decommissioned";

const label = {
  ...{ challenge: 10, instanceId: 256, profile: 265, client: 2394, lifecycle: 2395 },
  ...{ implementationId: 2396, components: 2399, service: 2400, config: 2401, hash: 2402 },
  workloadBinding: 2408,
} as const;

const componentLabel = { type: 1, measurement: 2, version: 4, signerId: 5 } as const;

/** The Realm Management Security Domain: another domain could have a key vouched for that is no realm's. */
const realmManagement = 1;

/** By the upper byte; the lower one is the implementation's own. */
const lifecycles: ReadonlyMap<number, CcaLifecycle> = new Map([
  [0x00, "unknown"],
  [0x10, "assembly-and-test"],
  [0x20, "provisioning"],
  [0x30, "secured"],
  [0x40, "non-cca-platform-debug"],
  [0x50, "recoverable-cca-platform-debug"],
  [0x60, "decommissioned"],
] as const);

/** EAT's UEID of type RAND: its type, 32 bytes. */
const ueid = { type: 0x01, bytes: 33 } as const;

const mostComponents = 64;

/** @throws {StrongroomError} `EvidenceMalformed` if a mandatory claim is missing, or one is not as specified. */
export function parseCcaPlatform(payload: Uint8Array): CcaPlatform {
  const claims = ClaimSet.parse(payload, "platform");
  const name = claims.text(label.profile);
  const profile = platformProfiles.get(name);
  const lifecycle = lifecycles.get(Math.floor(claims.number(label.lifecycle) / 256));
  const instanceId = claims.bytes(label.instanceId, [ueid.bytes]);
  if (profile === undefined || lifecycle === undefined || instanceId[0] !== ueid.type) {
    throw malformed("the platform token has a profile, lifecycle or instance of no known form");
  }
  if (profile.namesClient && claims.number(label.client) !== realmManagement) {
    throw malformed("the platform token was made for another domain than that of realms");
  }
  claims.hash(label.hash);
  return {
    profile: name,
    lifecycle,
    instanceId,
    ...readBinding(claims, profile),
    implementationId: claims.bytes(label.implementationId, [32]),
    config: claims.bytes(label.config),
    softwareComponents: readComponents(claims.list(label.components)),
    verificationService: claims.optionalText(label.service),
  };
}

/** Section 4.3.3: a challenge beside the binding is there where the profile has one, and nowhere else. */
function readBinding(
  claims: ClaimSet,
  { binding }: PlatformProfile,
): Pick<CcaPlatform, "realmKeyDigest" | "challenge"> {
  if (binding === "challenge") {
    return { realmKeyDigest: claims.measurement(label.challenge) };
  }
  const realmKeyDigest = claims.measurement(label.workloadBinding);
  if (binding === "workload-and-challenge") {
    return { realmKeyDigest, challenge: claims.measurement(label.challenge) };
  }
  claims.without(label.challenge);
  return { realmKeyDigest };
}

function readComponents(list: readonly unknown[]): readonly CcaSoftwareComponent[] {
  if (list.length === 0 || list.length > mostComponents) {
    throw malformed("the platform token has no software, or too much");
  }
  return list.map((value) => {
    if (!isCborMap(value)) {
      throw malformed("a software component of the platform token is none");
    }
    const component = new ClaimSet(value, "platform");
    return {
      type: component.optionalText(componentLabel.type),
      measurement: component.measurement(componentLabel.measurement),
      version: component.optionalText(componentLabel.version),
      signerId: component.measurement(componentLabel.signerId),
    };
  });
}
