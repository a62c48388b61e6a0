// SPDX-License-Identifier: Apache-2.0
/** What to try with a development vault. */

import { relative } from "node:path";
import type { DevFolder } from "./dev-folder.ts";

/** Text for a person at a terminal; it names the file that holds the token, never the token. */
export function usage(url: string, folder: DevFolder): string {
  const json = relative(process.cwd(), folder.devJson) || folder.devJson;
  const ca = relative(process.cwd(), folder.ca) || folder.ca;
  return `
A development vault serves at ${url}
(software token, kept in ${relative(process.cwd(), folder.root) || "."}; stop it with Ctrl-C)

With curl:

  TOKEN=$(sed -E 's/.*"token":"([^"]*)".*/\\1/' ${json})
  curl --cacert ${ca} -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
    -X PUT -d '{"value":"correct horse"}' "${url}/secrets/greeting?api-version=7.5"
  curl --cacert ${ca} -H "Authorization: Bearer $TOKEN" "${url}/secrets/greeting?api-version=7.5"

With the Azure SDK (NODE_EXTRA_CA_CERTS=${ca} node example.mjs):

  import { readFileSync } from "node:fs";
  import { SecretClient } from "@azure/keyvault-secrets";
  const { url, token } = JSON.parse(readFileSync("${json}", "utf8"));
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const client = new SecretClient(url, credential, { disableChallengeResourceVerification: true });
  await client.setSecret("greeting", "correct horse");
  console.log((await client.getSecret("greeting")).properties.version);

`;
}
