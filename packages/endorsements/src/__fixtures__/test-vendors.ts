// SPDX-License-Identifier: Apache-2.0
/** Trust in test vendors and in nobody else. */

import type { AmdProduct, AmdRoot, DcapRoot } from "@strongroom/attestation";

/** What is known of a test AMD. */
interface TestAmd {
  readonly product: AmdProduct;
  readonly fingerprints: Readonly<Record<"ark" | "ask" | "asvk", string>>;
}

/** Trust in a test AMD. */
export function amdRootOf({ product, fingerprints: { ark, ask, asvk } }: TestAmd): AmdRoot {
  return { name: "test-amd", class: "software", product, ark, ask: [ask], asvk: [asvk] };
}

/** Trust in a test Intel, by the SHA-256 of its root's certificate. */
export function intelRootOf(fingerprint: string): DcapRoot {
  return { name: "test-intel", class: "software", fingerprint };
}
