// SPDX-License-Identifier: Apache-2.0
/** Ways to roots among certificates that somebody sent: what is none costs little, however many there are. */

import { describe, expect, it } from "@jest/globals";
import type { Certificate } from "./certificate.ts";
import { findPaths } from "./find-paths.ts";

/** Certificates of one name, of which each was signed by every other one; roots are of another. */
function world() {
  let checks = 0;
  const certificate = (fingerprint: string, subject: string, issuer: string, signer: string) =>
    ({
      ...{ fingerprint, subject, issuer, publicKey: { of: fingerprint } },
      isSignedBy: (key: { readonly of: string }) => {
        checks += 1;
        return key.of.startsWith(signer);
      },
    }) as unknown as Certificate;
  return {
    certificate,
    crowd: Array.from({ length: 12 }, (_, index) =>
      certificate(`crowd ${index}`, "name", "name", "crowd"),
    ),
    checked: () => checks,
  };
}

describe("paths among certificates that vouch for each other", () => {
  it("are none without a root, after one look at each", () => {
    const { certificate, crowd, checked } = world();
    const root = certificate("root", "name", "name", "root");
    const leaf = certificate("leaf", "leaf", "name", "crowd");
    expect(findPaths(leaf, crowd, [root])).toEqual([]);
    expect(checked()).toBeLessThanOrEqual(crowd.length + 1);
  });

  it("are found where a root vouches for an issuer, whatever else was sent", () => {
    const { certificate, crowd, checked } = world();
    const root = certificate("root", "root", "root", "root");
    const issuer = certificate("issuer", "name", "root", "root");
    const leaf = certificate("leaf", "leaf", "name", "issuer");
    expect(findPaths(leaf, [...crowd, issuer], [root])).toEqual([[leaf, issuer, root]]);
    expect(checked()).toBeLessThanOrEqual(2 * crowd.length);
  });
});
