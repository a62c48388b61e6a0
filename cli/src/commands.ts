// SPDX-License-Identifier: Apache-2.0
/** Every command, in the order of the help text. A group is a folder whose `…-command.ts` is named here. */

import { addAttestationCommand } from "./attestation/attestation-command.ts";
import { addAuditCommand } from "./audit/audit-command.ts";
import { addBackupCommand } from "./backup/backup-command.ts";
import { addCharterCommand } from "./charter/charter-command.ts";
import type { AddCommand } from "./command-context.ts";
import { addDevCommand } from "./dev/dev-command.ts";
import { addDomainCommand } from "./domain/domain-command.ts";
import { addNodeCommand } from "./node/node-command.ts";
import { addPolicyCommand } from "./policy/policy-command.ts";
import { addReceiptCommand } from "./receipt/receipt-command.ts";
import { addSealCommand } from "./seal/seal-command.ts";

/** What adds them to the program. */
export const commands: readonly AddCommand[] = [
  addDevCommand,
  addSealCommand,
  addNodeCommand,
  addDomainCommand,
  addBackupCommand,
  addAuditCommand,
  addAttestationCommand,
  addPolicyCommand,
  addReceiptCommand,
  addCharterCommand,
];
