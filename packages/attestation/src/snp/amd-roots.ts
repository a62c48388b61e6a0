// SPDX-License-Identifier: Apache-2.0
/** AMD's roots and signing keys by fingerprint. The certificates themselves come with evidence or endorsements. */

import type { TrustClass } from "../ek/verify-ek-certificate.ts";
import type { AmdProduct } from "./product.ts";

/** Whom to trust about one product: certificates by SHA-256 of their DER, lower-case hexadecimal. */
export interface AmdRoot {
  readonly name: string;
  readonly class: TrustClass;
  readonly product: AmdProduct;
  /** The AMD root key. */
  readonly ark: string;
  /** The AMD SEV keys that sign chips' keys (VCEK). */
  readonly ask: readonly string[];
  /** The AMD SEV keys that sign keys lent to cloud providers (VLEK). */
  readonly asvk: readonly string[];
}

/** What is published at `kdsintf.amd.com/{vcek,vlek}/v1/{product}/cert_chain`. */
export const amdRoots: readonly AmdRoot[] = [
  {
    name: "amd-milan",
    class: "hardware",
    product: "Milan",
    ark: "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd",
    ask: ["67d303bd3905fd38db8b20e0793699870e7fa612eaad5dec358293fd8c0bac1b"],
    asvk: ["c5e081f59b7efab1fe2f8b505e159704e72f29cab7ef7cf628a05a42439082f5"],
  },
  {
    name: "amd-genoa",
    class: "hardware",
    product: "Genoa",
    ark: "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1",
    ask: ["5464738c1546aed5f2cecf1dc98c5c960a92e8913238a61711bc90ec6e828521"],
    asvk: ["197e610743a917d6b9bb982a5a9226ccc0a15b611be0619e626aca9151457372"],
  },
  {
    name: "amd-turin",
    class: "hardware",
    product: "Turin",
    ark: "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a",
    ask: ["5b77ef5fe7a7a004fd9032668fba9d0fda22f88c4442069a479636a6ae3b3185"],
    asvk: ["104e10a8bd060a3c20a434261a57d0588fd65a88915b4f65b08bdecaf8df1a3c"],
  },
];
