// SPDX-License-Identifier: Apache-2.0
/** Our route for the roots of a vault's own CA: what clients of its certificates have to trust. */

import { routes } from "@strongroom/api";
import type { FastifyInstance } from "fastify";
import { rootsOf } from "../../certificates/authority/authority-source.ts";
import { toPem } from "../../x509/read-pem.ts";
import type { CertificateRouteDeps } from "../certificates/certificate-call.ts";
import { decideOnVault } from "../decide-on-vault.ts";
import { onVault } from "../request-context.ts";

/** Registers the route. */
export function registerAuthorityRoutes(app: FastifyInstance, deps: CertificateRouteDeps): void {
  app.get(routes.certificateAuthority, async (request) => {
    const call = onVault(deps, request);
    const roots = await decideOnVault(deps, call, {
      operationName: "CertificateAuthorityGet",
      action: "Microsoft.KeyVault/vaults/certificates/read",
      work: async (tx) => ({ result: await rootsOf(tx, call.vault) }),
    });
    return { domains: call.vault.domains, roots: roots.map(toPem) };
  });
}
