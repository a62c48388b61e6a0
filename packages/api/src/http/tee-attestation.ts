// SPDX-License-Identifier: Apache-2.0
/** Evidence of a trusted execution environment as a request: which route, and the body that it takes. */

import type {
  AttestAzureRequest,
  AttestCcaRequest,
  AttestNitroRequest,
  AttestSgxRequest,
  AttestSnpRequest,
  AttestTdxRequest,
} from "./attest-requests.ts";
import { routes } from "./routes.ts";

/** One request, by the kind in its route. */
export type TeeAttestation =
  | { readonly kind: "SevSnpVm"; readonly body: AttestSnpRequest }
  | { readonly kind: "TdxVm"; readonly body: AttestTdxRequest }
  | { readonly kind: "SgxEnclave"; readonly body: AttestSgxRequest }
  | { readonly kind: "AzureGuest"; readonly body: AttestAzureRequest }
  | { readonly kind: "Nitro"; readonly body: AttestNitroRequest }
  | { readonly kind: "Cca"; readonly body: AttestCcaRequest };

/** Routes by kind. */
export const teeAttestationRoute = {
  SevSnpVm: routes.attestSnp,
  TdxVm: routes.attestTdx,
  SgxEnclave: routes.attestSgx,
  AzureGuest: routes.attestAzure,
  Nitro: routes.attestNitro,
  Cca: routes.attestCca,
} as const satisfies Record<TeeAttestation["kind"], string>;
