// SPDX-License-Identifier: Apache-2.0
/** Somebody who can sign in and has no role tries every route that the server has. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { routes } from "@strongroom/api";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { hostOf, installationHost } from "./fixtures/names.ts";
import { registeredRoutes } from "./fixtures/registered-routes.ts";
import { rolesOfOfficer } from "./fixtures/roles-of-officer.ts";
import { traceOf } from "./fixtures/stored.ts";

/** Routes whose answers tell nobody anything that they did not know. */
const harmless = ["/.well-known/openid-configuration", "/certs", routes.vaultIdentity];

/** How the paths of the installation's own routes begin. */
const ofInstallation = [
  ...["/attest", "/securitydomain", "/strongroom/v1/domain", "/strongroom/v1/audit"],
  ...["/strongroom/v1/attestation", "/strongroom/v1/enrolment", "/strongroom/v1/manage"],
  ...["/strongroom/v1/charters", "/strongroom/v1/orders", "/policies"],
  ...["/strongroom/v1/restore", "/backup", "/prebackup", "/restore", "/prerestore"],
];

/** The route that both kinds of host have: each answers about its own restores. */
const onBothHosts = "/restore/:job/pending";

/** Routes that, as releases in a batch, have bodies or names of their own, which are looked at first; their refusals have tests of their own. */
const withOwnBody = [
  ...[
    ...[routes.attestTpm, routes.attestSnp, routes.attestTdx, routes.attestSgx],
    ...[routes.attestOpenEnclave, routes.attestAzure, routes.attestNitro],
    ...[routes.enrolment, routes.activate, routes.release, routes.charters, routes.orders],
    ...[routes.attestCca, routes.explain],
  ].map((path) => `POST ${path.toLowerCase()}`),
  "PUT /strongroom/v1/secrets/:name/rotationpolicy",
  ...["GET", "HEAD"].flatMap((method) =>
    [routes.receipts, `${routes.receipts}/:log/:index/:kind/:name`].map(
      (path) => `${method} ${path}`,
    ),
  ),
];

describe("who has no role", () => {
  let installation: Installation;
  let uid: string;

  beforeAll(async () => {
    installation = await startInstallation();
    const roleAssignments = rolesOfOfficer(
      installation,
      "Key Vault Administrator",
      "Managed HSM Administrator",
    );
    ({ uid } = await installation.putVault({ name: "v", spec: { roleAssignments } }));
    await officer("PUT", "/secrets/a", { value: "value" });
    await officer("POST", "/keys/a/create", { kty: "EC" });
  });
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  const officer = async (method: string, path: string, body: object) =>
    await installation.send({
      ...{ serverName: hostOf("v"), method, path: `${path}?api-version=7.5`, body },
      token: await installation.oidc.token("officer"),
    });

  it("is refused by every route before it looks at anything, and changes nothing", async () => {
    const token = await installation.oidc.token("stranger");
    const attempts = (await registeredRoutes())
      .filter(({ path }) => !harmless.includes(path))
      .flatMap((route) =>
        [hostOf("v"), installationHost].map((serverName) => ({ ...route, serverName })),
      );
    const odd: string[] = [];
    const { rows } = await traceOf(installation.folders.storeFile, async () => {
      for (const { path, ...attempt } of attempts) {
        const { status } = await installation.send({
          ...{ ...attempt, path: `${targetOf(path)}?api-version=7.5`, token },
          ...(["GET", "HEAD"].includes(attempt.method) ? {} : { body: bodyFor(path) }),
        });
        if (status !== expectedStatus(attempt.method, path, attempt.serverName)) {
          odd.push(`${attempt.method} ${attempt.serverName} ${path} ${status}`);
        }
      }
    });
    expect(odd).toEqual([]);
    expect(rows).toEqual([]);
  }, 300_000);

  const targetOf = (path: string) =>
    path
      .replace("/:uid", `/${uid}`)
      .replace("/:version", `/${"0".repeat(32)}`)
      .replaceAll(/:[a-zA-Z|:]+/g, "a");
});

/** Refused where the route is; on the other kind of host there is no such route. */
function expectedStatus(method: string, path: string, host: string): number {
  const isOfInstallation = ofInstallation.some((start) => path.startsWith(start));
  if (path !== onBothHosts && isOfInstallation !== (host === installationHost)) {
    return 404;
  }
  return withOwnBody.includes(`${method} ${path}`) ? 400 : 403;
}

const bytes = "A".repeat(43);
const jwk = { kty: "EC", crv: "P-256", x: bytes, y: bytes, d: bytes };
const algorithms: Readonly<Record<string, string>> = { sign: "ES256", verify: "ES256" };

/** What the route's parser takes, so that nothing but the missing role speaks against it. */
function bodyFor(path: string): object {
  const verb = path.split("/").at(-1) ?? "";
  return {
    ...{ value: bytes, digest: bytes, alg: algorithms[verb] ?? "RSA-OAEP", kty: "EC", key: jwk },
    ...{ count: 8, cancellation_requested: true, x5c: ["AAAA"] },
    policy: { issuer: { name: "Self" }, x509_props: { subject: "CN=a" } },
    properties: {
      ...{ roleName: "a", permissions: [], roleDefinitionId: "a" },
      principalId: "https://issuer.example#stranger",
    },
  };
}
