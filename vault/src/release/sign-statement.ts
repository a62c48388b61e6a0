// SPDX-License-Identifier: Apache-2.0
/** Statements about releases: JWS, ES256, by the release key, with its chain to the release root. */

import type { X509Certificate } from "node:crypto";
import type { CertifiedKey } from "../installation/installation-keys.ts";
import { signJws } from "../installation/jws.ts";

/** What signs. */
export interface StatementDeps {
  readonly releaseKey: () => Promise<CertifiedKey>;
  /** Certificate of the release root, which node plugins pin. */
  readonly releaseRoot: X509Certificate;
}

/** Signs a statement of one type. */
export async function signStatement(
  deps: StatementDeps,
  typ: string,
  statement: object,
): Promise<string> {
  const key = await deps.releaseKey();
  const x5c = [key.certificate, deps.releaseRoot].map((certificate) =>
    certificate.raw.toString("base64"),
  );
  return await signJws({ typ, x5c }, { ...statement }, key.sign);
}
