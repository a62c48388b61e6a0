// SPDX-License-Identifier: Apache-2.0
/** The attestation authority for the vendor's clients: at `https://localhost`, with a node that has a TPM. */

import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { type Installation, startInstallation } from "../fixtures/installation.ts";
import { type Machine, makeMachine } from "../fixtures/machine.ts";
import { collateralOf } from "../fixtures/tee.ts";
import { teeAuthority } from "../fixtures/tee-authority.ts";

/** The authority. */
export interface AzureAuthority extends AsyncDisposable {
  readonly installation: Installation;
  /** Enrolled. */
  readonly machine: Machine;
  readonly endpoint: string;
}

/**
 * Starts it. Given a credential, the vendor's clients forget their options: they are left to what Node trusts and looks up
 * by default, and this process trusts the installation's CA until the authority is disposed of.
 */
export async function startAzureAuthority(): Promise<AzureAuthority> {
  const trustedBefore = getCACertificates("default");
  const installation = await startInstallation({
    ...{ cluster: true, tpms: 1, authority: "operator", localhost: true },
  });
  setDefaultCACertificates([...trustedBefore, installation.ca()]);
  await installation.manage((client) =>
    client.putAuthority({
      ...{ epoch: 1, generation: 1, owner: { uid: "authority" }, spec: rulesOf(installation) },
    }),
  );
  const machine = await makeMachine(installation, "one", 0);
  await machine.attest();
  return {
    ...{ installation, machine, endpoint: `https://localhost:${installation.vault.port}` },
    [Symbol.asyncDispose]: async () => {
      setDefaultCACertificates(trustedBefore);
      await installation[Symbol.asyncDispose]();
    },
  };
}

/** A credential whose tokens are these. */
export const credentialOf = (token: () => Promise<string>) => ({
  getToken: async () => ({ token: await token(), expiresOnTimestamp: Date.now() + 3_600_000 }),
});

// Intel's collateral stands in the rules, because these clients send none.
function rulesOf({ tpms: [tpm] }: Installation) {
  const root = { name: "test", class: "software", certificates: tpm?.rootCertificate };
  return teeAuthority({
    kinds: ["SgxEnclave", "Tpm"],
    unchallenged: "Allow",
    sgx: { endorsements: [JSON.stringify(collateralOf("sgx3"))] },
    tpm: {
      ...{ trustRoots: [root], intermediateCertificates: tpm?.issuerCertificate },
      pcrs: [0, 7, 16],
    },
  });
}
