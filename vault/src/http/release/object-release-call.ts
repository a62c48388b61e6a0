// SPDX-License-Identifier: Apache-2.0
/** A release of one object as Azure's clients send it: target, nonce and `enc`, on the object's own path. */

import { maxTargetLength, proofHeaderName } from "@strongroom/api";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { keyWrapSchema } from "../../keys/transfer-blob.ts";
import type { Releasable } from "../../release/releasable.ts";
import { type ObjectReleaseDeps, requireReleaseRight } from "../../release/release-object.ts";
import type { ReleaseRequestParts } from "../../release/require-binding.ts";
import { rawBodyOf } from "../json-body.ts";
import { nameParam, requireApiVersion, versionParam } from "../objects/object-wire.ts";
import { onVault, type RequestDeps } from "../request-context.ts";

/** Characters of a client's nonce. */
const maxNonceLength = 1_024;

const bodySchema = z.object({
  target: z.string().min(1).max(maxTargetLength),
  nonce: z.string().max(maxNonceLength).nullish(),
  enc: keyWrapSchema.nullish().transform((enc) => enc ?? "CKM_RSA_AES_KEY_WRAP"),
});

/** The request. */
export interface ObjectReleaseCall extends ReleaseRequestParts {
  readonly name: string;
  readonly version: string | undefined;
  readonly apiVersion: string;
  readonly enc: z.output<typeof keyWrapSchema>;
  readonly nonce: string | undefined;
}

/** What differs between the routes of a release. */
export interface ReleaseRoute<Body> {
  readonly releasable: Releasable;
  /** What the body says besides. Unknown members are ignored, as Key Vault does: newer clients send more. */
  readonly body: z.ZodType<Body>;
}

/** Places, authenticates and parses it. @throws {Refusal} `Forbidden` before the body is looked at. */
export async function beginRelease<Body>(
  deps: RequestDeps & Pick<ObjectReleaseDeps, "ledger">,
  { releasable, body }: ReleaseRoute<Body>,
  request: FastifyRequest,
): Promise<ObjectReleaseCall & { readonly besides: Body }> {
  const apiVersion = requireApiVersion(request.query);
  const named = request.params as { readonly version?: unknown };
  const { name, version } =
    named.version === undefined
      ? { ...nameParam.parse(named), version: undefined }
      : versionParam.parse(named);
  const on = onVault(deps, request);
  await requireReleaseRight(deps, on, releasable, name);
  const { target, nonce, enc } = bodySchema.parse(request.body);
  const proof = request.headers[proofHeaderName];
  const [path = ""] = request.url.split("?");
  return {
    ...on,
    ...{ name, version, apiVersion, enc, path },
    nonce: nonce ?? undefined,
    token: target,
    rawBody: rawBodyOf(request),
    proof: typeof proof === "string" ? proof : undefined,
    besides: body.parse(request.body),
  };
}
