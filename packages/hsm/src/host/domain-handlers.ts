// SPDX-License-Identifier: Apache-2.0
/** The verbs over key encryption keys: the security domain, ceremonies, and moving keys under newer ones. */

import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { isStrongroomError, type Log } from "@strongroom/core";
import { keyDigest } from "../domain/custodians.ts";
import { encodeDomain } from "../domain/domain-file.ts";
import { rewrapKey } from "../token/rebind-key.ts";
import type { VerbResults } from "../wire/verb-messages.ts";
import type { CeremonyRunner } from "./ceremony-runner.ts";
import type { DataFolder } from "./data-folder.ts";
import { provideExchangeKey } from "./exchange-key.ts";
import type { VerbHandlers } from "./handlers.ts";
import type { TokenKeeper } from "./token-keeper.ts";

type DomainVerb =
  | "headsAnchored"
  | "rewrap"
  | "beginCeremony"
  | "ceremony"
  | "domain"
  | "exchangeKey";

/** What these verbs work with. */
export interface DomainHandlerDeps {
  readonly keeper: TokenKeeper;
  readonly ceremonies: CeremonyRunner;
  readonly folder: DataFolder;
  readonly log: Log;
}

/** Handlers of these verbs. */
export function createDomainHandlers(deps: DomainHandlerDeps): Pick<VerbHandlers, DomainVerb> {
  const { keeper, ceremonies, folder, log } = deps;
  return {
    rewrap: ({ blob }) => keeper.use((token) => ({ bytes: rewrapKey(token, blob) })),
    beginCeremony: (payload) => {
      ceremonies.begin(payload);
      return {};
    },
    ceremony: () => ceremonies.state,
    domain: () => ({ ...domainOf(keeper), recovered: existsSync(folder.token.recovered) }),
    headsAnchored: async () => {
      await rm(folder.token.recovered, { force: true });
      return {};
    },
    exchangeKey: async () => {
      const key = await provideExchangeKey(folder.exchangeKey);
      // Custodians compare it with what they were sent: the way to them is not this host's.
      log.info("exchange key", { digest: keyDigest(key) });
      return { bytes: new Uint8Array(key.export({ type: "spki", format: "der" })) };
    },
  };
}

function domainOf(keeper: TokenKeeper): Omit<VerbResults["domain"], "recovered"> {
  const nothing = { file: new Uint8Array(), custodians: 0, required: 0 };
  if (isStrongroomError(keeper.failure, "NotActivated")) {
    return { state: "pending", ...nothing };
  }
  return keeper.use(({ domain }) => {
    const [newest] = domain ?? [];
    if (domain === undefined || newest === undefined) {
      return { state: "none", ...nothing };
    }
    const { custodians, required } = newest;
    return { state: "active", file: encodeDomain(domain), custodians: custodians.length, required };
  });
}
