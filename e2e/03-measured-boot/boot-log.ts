// SPDX-License-Identifier: Apache-2.0
/** Prints the log of the cluster's made-up firmware, which then measures whether Secure Boot is on (argument: 1 or 0), and those digests. */

import { toHex, utf8 } from "@strongroom/core";
import {
  secureBoot,
  separator,
} from "../../packages/attestation/src/__fixtures__/event-log-attempts.ts";
import {
  encodeEventLog,
  type TestEvent,
} from "../../packages/attestation/src/__fixtures__/test-event-log.ts";
import { extensionsOf } from "../../packages/attestation/src/__fixtures__/test-machines.ts";

/** EV_POST_CODE. */
const postCode = 1;

/** What `measure_boot` of the cluster's TPM measures at each start. */
const firmware: readonly TestEvent[] = [0, 2, 4, 7].map((register) => ({
  ...{ register, type: postCode },
  data: utf8(`strongroom e2e firmware, pcr ${register}`),
}));

const more = [secureBoot(Number(process.argv[2])), separator];
const log = Buffer.from(encodeEventLog([...firmware, ...more])).toString("base64");
const digests = extensionsOf(more).map(({ digest }) => toHex(digest));
process.stdout.write(`${JSON.stringify({ log, digests })}\n`);
