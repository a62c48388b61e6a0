// SPDX-License-Identifier: Apache-2.0
/** The verbs over data keys that nobody but an attested environment sees: parameters checked, then the token asked. */

import { isStrongroomError } from "@strongroom/core";
import { secureWraps } from "../keys/algorithms.ts";
import {
  doesNotUnwrapError,
  secureUnwrap,
  secureWrap,
  wrapUnpadded,
} from "../token/secure-wrap.ts";
import { parseTarget } from "../token/wrap-to-target.ts";
import type { VerbRequests, VerbResults } from "../wire/verb-messages.ts";
import type { VerbHandlers } from "./handlers.ts";
import { requireCallerKey, requireOneOf, toKeyUse, toReleaseTarget } from "./parameters.ts";
import type { Unpad } from "./rsa-padding.ts";
import type { TokenKeeper } from "./token-keeper.ts";

/** Handlers of these verbs over a token. */
export function createSecureWrapHandlers(
  keeper: TokenKeeper,
  unpad: Unpad,
): Pick<VerbHandlers, "secureWrap" | "secureUnwrap"> {
  return {
    secureWrap: (payload) => {
      const algorithm = requireOneOf(secureWraps, payload.algorithm, "key wrap");
      const use = toKeyUse(payload, "secureWrapKey");
      return keeper.use((token) => ({ bytes: secureWrap(token, use, algorithm) }));
    },
    secureUnwrap: (payload) => unwrapForTarget(keeper, unpad, payload),
  };
}

async function unwrapForTarget(
  keeper: TokenKeeper,
  unpad: Unpad,
  payload: VerbRequests["secureUnwrap"],
): Promise<VerbResults["secureUnwrap"]> {
  const algorithm = requireOneOf(secureWraps, payload.algorithm, "key wrap");
  const what = { algorithm, wrapped: requireCallerKey(payload.wrapped) };
  const to = parseTarget(toReleaseTarget(payload));
  const use = toKeyUse(payload, "secureUnwrapKey");
  const step = keeper.use((token) => secureUnwrap(token, use, what, to));
  if (step.kind === "done") {
    return step;
  }
  const plain = await unpad(step.block, "SHA-256").catch((error: unknown) => {
    throw isStrongroomError(error, "BadParameter") ? doesNotUnwrapError() : error;
  });
  try {
    return keeper.use((token) => ({ bytes: wrapUnpadded(token, plain, to) }));
  } finally {
    plain.fill(0);
  }
}
