// SPDX-License-Identifier: Apache-2.0
/** Verifies the tokens of NVIDIA's Remote Attestation Service: one over all devices, and one for each that it names by digest. */

import { sha256, toHex, utf8 } from "@strongroom/core";
import { isJsonObject, type JsonObject } from "../strict-json.ts";
import { decide, type Refused, refuse, type Verdict } from "../verdict.ts";
import type { JwtIssuer } from "./jwt-issuer.ts";
import { type NrasBundle, readNrasBundles } from "./read-nras-bundles.ts";
import { verifyJwt } from "./verify-jwt.ts";

/** What verified tokens say: of all devices together, and of each by its name (`GPU-0`). */
export interface NrasFacts {
  readonly overall: JsonObject;
  readonly devices: ReadonlyMap<string, JsonObject>;
  readonly binding: "bound" | "unbound";
}

/** Devices of one machine: eight GPUs and four switches, with room. */
const mostDevices = 32;

/** Whether the service vouches for the devices. */
const result = "x-nvidia-overall-att-result";

/**
 * @param file The service's answer, nvattest's, or what NVIDIA's Python SDK makes of it; see `readNrasBundles`.
 * @param nonce `eat_nonce` of every token, or `unbound` where the caller binds them otherwise.
 */
export function verifyNras(
  file: Uint8Array,
  issuer: JwtIssuer,
  nonce: string | "unbound",
  at: Date,
): Verdict<NrasFacts> {
  return decide(() => {
    const expected = nonce === "unbound" ? nonce : { path: ["eat_nonce"], value: nonce };
    const check: Check = (one) => verifyJwt(one, issuer, { nonce: expected }, at);
    return readNrasBundles(file)
      .map((bundle) => verifyBundle(bundle, check))
      .reduce(join);
  });
}

type Check = (token: string) => ReturnType<typeof verifyJwt>;

function verifyBundle({ overall, devices }: NrasBundle, check: Check): Verdict<NrasFacts> {
  const verdict = check(overall);
  if (verdict.kind === "refused") {
    return verdict;
  }
  const { claims, binding } = verdict.claims;
  const refused = checkDigests(claims["submods"], devices);
  return refused ?? collect(devices, check, { overall: claims, binding });
}

/** GPUs and switches of one answer. */
function join(one: Verdict<NrasFacts>, other: Verdict<NrasFacts>): Verdict<NrasFacts> {
  if (one.kind === "refused" || other.kind === "refused") {
    return one.kind === "refused" ? one : other;
  }
  const [first, second] = [one.claims, other.claims];
  const names = [...first.devices.keys()].filter((name) => second.devices.has(name));
  if (answered.some((name) => first.overall[name] !== second.overall[name]) || names.length > 0) {
    return refuse("binding-mismatch", "the bundles are of several answers, or of the same devices");
  }
  const isSound = [first, second].every(({ overall }) => overall[result] === true);
  const submods = { ...Object(first.overall["submods"]), ...Object(second.overall["submods"]) };
  const overall = { ...first.overall, submods, [result]: isSound };
  const devices = new Map([...first.devices, ...second.devices]);
  return { kind: "verified", claims: { ...first, overall, devices } };
}

function checkDigests(submods: unknown, devices: JsonObject): Refused | undefined {
  const named = isJsonObject(submods) ? Object.keys(submods) : [];
  const given = Object.keys(devices);
  if (!isJsonObject(submods) || given.length === 0 || given.length > mostDevices) {
    return refuse("malformed", "the bundle has no devices, or too many");
  }
  const isWhole =
    named.length === given.length &&
    given.every((name) => Object.hasOwn(submods, name) && hasDigest(submods[name], devices[name]));
  return isWhole
    ? undefined
    : refuse("binding-mismatch", "a device's token is not the one that was vouched for");
}

function hasDigest(submodule: unknown, token: unknown): boolean {
  const [kind, value]: readonly unknown[] = Array.isArray(submodule) ? submodule : [];
  const [algorithm, digest]: readonly unknown[] = Array.isArray(value) ? value : [];
  return (
    kind === "DIGEST" &&
    algorithm === "SHA-256" &&
    typeof token === "string" &&
    digest === toHex(sha256(utf8(token)))
  );
}

/** What all tokens of one answer have in common, whether or not the caller knows it. */
const answered = ["iss", "eat_nonce"] as const;

function collect(
  devices: JsonObject,
  check: Check,
  facts: Omit<NrasFacts, "devices">,
): Verdict<NrasFacts> {
  const found = new Map<string, JsonObject>();
  for (const [name, token] of Object.entries(devices)) {
    const verdict = check(String(token));
    if (verdict.kind === "refused") {
      return verdict;
    }
    const { claims } = verdict.claims;
    if (answered.some((one) => claims[one] !== facts.overall[one])) {
      return refuse("binding-mismatch", `the token of ${name} is of another answer`);
    }
    found.set(name, claims);
  }
  return { kind: "verified", claims: { ...facts, devices: found } };
}

/** Refuses a device that is not what the service calls sound, may be debugged, or did not boot securely. */
export function appraiseNras({ overall, devices }: NrasFacts): Refused | undefined {
  if (overall[result] !== true) {
    return refuse("policy-denied", "the service does not vouch for the devices");
  }
  for (const [name, { measres, dbgstat, secboot }] of devices) {
    if (measres !== "success" || dbgstat !== "disabled" || secboot !== true) {
      return refuse(
        "policy-denied",
        `${name} has other measurements, may be debugged, or did not boot securely`,
      );
    }
  }
  return undefined;
}
