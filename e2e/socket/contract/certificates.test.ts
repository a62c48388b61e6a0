// SPDX-License-Identifier: Apache-2.0
/** The contract of `@azure/keyvault-certificates`. */

import { CertificateClient } from "@azure/keyvault-certificates";
import { backups } from "./certificates/backups.ts";
import { useVaults } from "./certificates/clients.ts";
import { contacts } from "./certificates/contacts.ts";
import { deletion } from "./certificates/deletion.ts";
import { issuers } from "./certificates/issuers.ts";
import { making } from "./certificates/making.ts";
import { operations } from "./certificates/operations.ts";
import { policies } from "./certificates/policies.ts";
import { describeContract } from "./contract.ts";

useVaults();

describeContract({
  client: CertificateClient,
  methods: {
    ...making,
    ...operations,
    ...policies,
    ...deletion,
    ...backups,
    ...contacts,
    ...issuers,
  },
});
