// SPDX-License-Identifier: Apache-2.0
/** The contract of `@azure/keyvault-keys`' KeyClient. */

import { KeyClient } from "@azure/keyvault-keys";
import { describeContract } from "./contract.ts";
import { useVaults } from "./keys/clients.ts";
import { creation } from "./keys/creation.ts";
import { deletion } from "./keys/deletion.ts";
import { listsAndBackups } from "./keys/lists-and-backups.ts";
import { reading } from "./keys/reading.ts";
import { release } from "./keys/release.ts";
import { rotation } from "./keys/rotation.ts";

useVaults();

const methods = {
  ...creation,
  ...reading,
  ...deletion,
  ...listsAndBackups,
  ...rotation,
  ...release,
};
const internal = ["disambiguateUpdateKeyPropertiesArgs"];

describeContract({ client: KeyClient, methods, internal });
