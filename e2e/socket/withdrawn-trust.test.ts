// SPDX-License-Identifier: Apache-2.0
/** Devices that were enrolled, and whose root, class or place on the list an administrator then changes. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { attestationAuthoritySpecSchema } from "@strongroom/api";
import { decodeJwt } from "jose";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { type Machine, makeMachine } from "./fixtures/machine.ts";

describe("an enrolled device", () => {
  let installation: Installation;
  let machine: Machine;
  beforeAll(async () => {
    installation = await startInstallation({ cluster: true, tpms: 1, authority: "operator" });
    machine = await makeMachine(installation, "node-one", 0);
  });
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  const setRules = (tpm: object, more: object = {}) =>
    installation.manage((client) =>
      client.putAuthority({
        ...{ epoch: 1, generation: 1, owner: { uid: "authority" } },
        spec: attestationAuthoritySpecSchema.parse({
          ...{ kinds: ["Tpm"], enrolment: "FirstUse", ...more },
          tpm: { pcrs: [0, 7, 16], ...tpm },
        }),
      }),
    );
  const rootOf = (trustClass: string) => {
    const [tpm] = installation.tpms;
    return {
      trustRoots: [{ name: "maker", class: trustClass, certificates: tpm?.rootCertificate }],
      intermediateCertificates: tpm?.issuerCertificate,
    };
  };
  const claims = async () => decodeJwt((await machine.attest()).token) as Record<string, unknown>;

  it("is what its root is said to be now, and nothing once the root is gone", async () => {
    await expect(machine.attest()).rejects.toMatchObject({ code: "EvidenceRefused" });
    await setRules(rootOf("software"));
    expect((await claims())["x-strongroom-class"]).toBe("software");
    await setRules(rootOf("virtual"));
    expect((await claims())["x-strongroom-class"]).toBe("virtual");
    await setRules({});
    await expect(machine.attest()).rejects.toMatchObject({ code: "EvidenceRefused" });
    await setRules(rootOf("software"));
    await machine.attest();
  });

  it("attests for as long as it is listed", async () => {
    const device = String((await claims())["x-strongroom-device"]);
    await setRules(rootOf("software"), { enrolment: "Listed", listedDevices: [device] });
    await machine.attest();
    await setRules(rootOf("software"), { enrolment: "Listed", listedDevices: [] });
    await expect(machine.attest()).rejects.toMatchObject({ code: "EnrolmentRefused" });
  });
});
