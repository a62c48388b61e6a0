// SPDX-License-Identifier: Apache-2.0
/** What every HSM must do, whatever its token: one suite, run over each token there is. */

import { afterAll, beforeAll, describe } from "@jest/globals";
import { describeAnchor } from "./anchor-conformance.ts";
import { describeBlobs } from "./blob-conformance.ts";
import { describeCiphers } from "./cipher-conformance.ts";
import { describeImport } from "./import-conformance.ts";
import { describeKeys } from "./key-conformance.ts";
import { describeRebinding, describeRelease } from "./release-conformance.ts";
import { describeRsaDecryption } from "./rsa-decryption-conformance.ts";
import { describeSecureWrapping } from "./secure-wrap-conformance.ts";
import { describeSigning } from "./signing-conformance.ts";
import type { HsmUnderTest } from "./subjects.ts";
import { describeWrapping } from "./wrap-conformance.ts";
import { describeWrappedImport } from "./wrapped-import-conformance.ts";

/** Runs the suite over what `makeHsm` makes; it is called twice, and must make two different tokens. */
export function hsmConformance(name: string, makeHsm: () => Promise<HsmUnderTest>): void {
  describe(`an HSM over ${name}`, () => {
    const made: HsmUnderTest[] = [];
    beforeAll(async () => {
      made.push(await makeHsm(), await makeHsm());
    });
    afterAll(async () => {
      for (const hsm of made) {
        await hsm[Symbol.asyncDispose]();
      }
    });
    const subject = (index: number) => () => {
      const hsm = made[index];
      if (hsm === undefined) {
        throw new Error("the HSM was not made");
      }
      return hsm;
    };
    const subjects = { hsm: subject(0), other: subject(1) };
    describeKeys(subjects);
    describeBlobs(subjects);
    describeAnchor(subjects);
    describeSigning(subjects);
    describeCiphers(subjects);
    describeRsaDecryption(subjects);
    describeWrapping(subjects);
    describeImport(subjects);
    describeWrappedImport(subjects);
    describeRelease(subjects);
    describeSecureWrapping(subjects);
    describeRebinding(subjects);
  });
}
