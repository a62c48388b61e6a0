// SPDX-License-Identifier: Apache-2.0
/** The contract of `@azure/keyvault-secrets`. */

import { SecretClient } from "@azure/keyvault-secrets";
import { describeContract } from "./contract.ts";
import { useVaults } from "./secrets/clients.ts";
import { deletion } from "./secrets/deletion.ts";
import { listsAndBackups } from "./secrets/lists-and-backups.ts";
import { values } from "./secrets/values.ts";

useVaults();

describeContract({ client: SecretClient, methods: { ...values, ...deletion, ...listsAndBackups } });
