// SPDX-License-Identifier: Apache-2.0
/** What is kept of vendors' endorsements, carried between machines and answered by their services. */

import { concatBytes, isStrongroomError, sha256, utf8 } from "@strongroom/core";
import { createAmdVendor } from "@strongroom/testing";
import { malformed } from "../../packages/attestation/src/byte-reader.ts";
import { exportBundle } from "../../packages/endorsements/src/bundle.ts";
import type { Endorsement } from "../../packages/endorsements/src/endorsement.ts";
import { decodeEntry, encodeEntry } from "../../packages/endorsements/src/entry-format.ts";
import { parseRetryAfter } from "../../packages/endorsements/src/host-gate.ts";
import { parseBundle } from "../../packages/endorsements/src/parse-bundle.ts";
import { requestsFor } from "../../packages/endorsements/src/request-endorsement.ts";
import { verifyEndorsement } from "../../packages/endorsements/src/verify-endorsement.ts";
import { bytesOf, type FuzzTarget, target, textOf } from "./fuzz-target.ts";

const at = new Date("2026-06-01T00:00:00Z");

const pauses = [bytesOf("120"), bytesOf("Mon, 01 Jun 2026 00:02:00 GMT")] as const;

/** Names of all kinds, and one that objects inherit by. */
const names = [
  bytesOf(`amd/vcek/Milan/${"c1".repeat(64)}/04000000000018db`),
  ...[
    "amd/crl/Turin/vlek",
    "intel/tcb-info/tdx/00806f050000",
    "intel/identity/TD_QE",
    "intel/crl/platform",
    `intel/pck/${["00".repeat(16), "ab".repeat(384), "05".repeat(16), "0d00", "0000"].join("/")}`,
    "constructor",
  ].map(bytesOf),
] as const;

const source = { url: "https://endorsements.example", ca: "" } as const;
const sources = { amd: source, intel: source, azureThim: { url: source.url } };

/** Changed content with the digest that it then has: without, nothing behind the digest is reached. */
function decodeContent(content: Uint8Array) {
  const digest = sha256(utf8("strongroom/endorsement/v1\0"), content);
  return decodeEntry(concatBytes(Uint8Array.of(1), digest, content));
}

function pause(header: string): void {
  const milliseconds = parseRetryAfter(header, at) ?? 0;
  if (!(milliseconds >= 0)) {
    throw new RangeError(`a pause of ${milliseconds} ms`);
  }
}

/** Whatever the name, nothing is asked for of another host, or in more than one line. */
function requests(name: string) {
  const urls = requestsFor(name, sources).map(({ url }) => url);
  for (const url of urls) {
    if (!/^https:\/\/endorsements\.example\/[\w/?=&.%-]+$/u.test(url)) {
      throw new RangeError(`a request for ${url}`);
    }
  }
  return urls;
}

/** All of them. */
export function endorsementTargets(): readonly FuzzTarget[] {
  const vendor = createAmdVendor("Milan");
  const { ark, ask, asvk } = vendor.fingerprints;
  const amd = [
    { name: "test", class: "software", product: "Milan", ark, ask: [ask], asvk: [asvk] },
  ] as const;
  const chain: Endorsement = {
    name: "amd/chain/Milan/vcek",
    files: [vendor.ask, vendor.ark],
    fetchedAt: at,
    age: { number: 7n, issuedAt: at, nextUpdate: at },
  };
  const roots = { amd, intel: [] };
  const known = [{ name: chain.name, files: chain.files }];
  const check = (name: string) => (file: Uint8Array) => {
    try {
      return verifyEndorsement({ name, files: [file] }, known, roots, at);
    } catch (error) {
      throw isStrongroomError(error, "EvidenceRefused")
        ? malformed("refused as it should be")
        : error;
    }
  };
  return [
    target("endorsement's file", decodeEntry, 10, encodeEntry(chain)),
    target("endorsement's content", decodeContent, 30, encodeEntry(chain).slice(33)),
    target("bundle of endorsements", parseBundle, 5, bytesOf(exportBundle([chain]))),
    target("pause before the next request", (bytes) => pause(textOf(bytes)), 30, ...pauses),
    target("endorsement's name", (bytes) => requests(textOf(bytes)), 30, ...names),
    target("AMD's answer", check("amd/crl/Milan/vcek"), 3, vendor.crl(), vendor.ask),
  ];
}
