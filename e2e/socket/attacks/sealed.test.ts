// SPDX-License-Identifier: Apache-2.0
/** Attacks by sealed values: somebody who may write to Git, and wants a vault to take a value that nobody sealed for it there. */

import { deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe } from "@jest/globals";
import { routes, type SealedHeader, sealedValueType } from "@strongroom/api";
import { CompactEncrypt, generateKeyPair } from "jose";
import { type Installation, startInstallation } from "../fixtures/installation.ts";
import { hostOf, tenant } from "../fixtures/names.ts";
import { administrator } from "../fixtures/oidc-issuer.ts";
import { operatorCalls } from "../fixtures/operator-calls.ts";
import { makeSealedFor, type SealedFor } from "../fixtures/seal.ts";
import { type Attack, describeAttacks, outcomeOf } from "./attack.ts";
import { type JweRequest, jweTo } from "./jwe.ts";
import { encodeJson } from "./jwt.ts";

interface Stage {
  readonly installation: Installation;
  readonly shop: SealedFor;
  readonly other: SealedFor;
}

const value = "the sealed value";
const call = { epoch: 0, generation: 1, owner: { uid: "resource" } };
let rows = 0;

/** The row's secret, and what it takes to seal for it. */
interface Place extends Stage {
  readonly name: string;
  readonly header: SealedHeader;
  readonly put: (sealed: string) => Promise<unknown>;
}

const row = (
  name: string,
  meets: Attack<Stage>["meets"],
  forge: (place: Place) => string | Promise<string>,
): Attack<Stage> => ({
  name,
  meets,
  attempt: async (stage, attacked) => {
    rows += 1;
    const place = placeIn(stage, `row-${rows}`);
    const sealed = attacked ? await forge(place) : sealFor(place);
    const answer = await put(place, sealed);
    return answer.status === 200 ? await read(place) : outcomeOf(answer, () => "");
  },
});

function placeIn(stage: Stage, name: string): Place {
  const { uid: vault, sealingKey } = stage.shop;
  const header = { alg: "RSA-OAEP-256", enc: "A256GCM", typ: sealedValueType } as const;
  const place = { ...stage, name };
  return {
    ...place,
    header: { ...header, kid: sealingKey.kid, vault, namespace: tenant, name, serial: 2 },
    put: (sealed) => put(place, sealed),
  };
}

function put({ installation, shop, name }: Stage & { readonly name: string }, sealed: string) {
  const path = routes.manageSecret(shop.uid, name);
  return operatorCalls(installation).send("PUT", path, { ...call, sealed });
}

async function read({ installation, shop, name }: Place) {
  const answer = await installation.send({
    ...{ serverName: hostOf(shop.name), method: "GET", path: `/secrets/${name}?api-version=7.5` },
    token: await installation.oidc.token(administrator),
  });
  return outcomeOf(answer, (body) => String(body.value));
}

function sealFor({ shop, header }: Place, request: Partial<JweRequest> = {}): string {
  return jweTo({ key: shop.sealingKey, header, value: Buffer.from(value), ...request });
}

const sealed = (name: string, request: Partial<JweRequest>) =>
  row(name, "SealedValueRefused", (place) => sealFor(place, request));
const headed = (name: string, change: object) => sealed(name, { change });
/** Changes a part of an honest value; 0 is the header. */
const edited = (name: string, at: number, edit: (part: string) => string) =>
  row(name, "SealedValueRefused", (place) =>
    sealFor(place)
      .split(".")
      .map((part, index) => (index === at ? edit(part) : part))
      .join("."),
  );
const flip = (part: string) => `${part.startsWith("A") ? "B" : "A"}${part.slice(1)}`;
const password = (p2c: number) => ({ alg: "PBES2-HS256+A128KW", p2s: "c2FsdHNhbHQ", p2c });
const attackersKey = async () => (await generateKeyPair("ECDH-ES+A256KW")).publicKey;

const attacks: readonly Attack<Stage>[] = [
  headed("has the vault derive a key from a password", password(1_000)),
  headed("has the vault derive a key in two thousand million rounds", password(2 ** 31 - 1)),
  sealed("hides a bomb in a compressed value", {
    ...{ change: { zip: "DEF" }, value: deflateRawSync(Buffer.alloc(8_000_000)) },
  }),
  headed("shares the key instead of encrypting it", { alg: "dir" }),
  sealed("pads as Bleichenbacher broke it", { change: { alg: "RSA1_5" }, padding: "pkcs1" }),
  sealed("pads as Bleichenbacher broke it and says otherwise", { padding: "pkcs1" }),
  sealed("pads with SHA-1", { change: { alg: "RSA-OAEP" }, padding: "oaep-sha1" }),
  sealed("pads with SHA-1 and says otherwise", { padding: "oaep-sha1" }),
  sealed("encrypts with half the key", { change: { enc: "A128GCM" }, cipher: "aes-128-gcm" }),
  sealed("encrypts with half the key and says otherwise", { cipher: "aes-128-gcm" }),
  headed("says that it encrypts with another cipher", { enc: "A256CBC-HS512" }),
  sealed("shows a tag that is guessed in an afternoon", { tagBytes: 4 }),
  row("agrees on a key with a point of its own", "SealedValueRefused", async ({ header }) =>
    new CompactEncrypt(Buffer.from(value))
      .setProtectedHeader({ ...header, alg: "ECDH-ES+A256KW" })
      .encrypt(await attackersKey()),
  ),
  headed("asks for an extension that nobody knows", { crit: ["exp"], exp: 1 }),
  headed("brings the key that it is to be opened with", { jwk: { kty: "oct", k: "AAAA" } }),
  headed("says where the key is to be had", { jku: "https://attacker.example/keys" }),
  headed("calls it a token", { typ: "JWT" }),
  headed("leaves out for which vault it is", { vault: undefined }),
  headed("has no serial", { serial: undefined }),
  headed("has a serial that is no number", { serial: "2" }),
  row("takes what was sealed for another name", "SealedValueRefused", (place) =>
    sealFor(place, { change: { name: "another" } }),
  ),
  row("takes what was sealed for another namespace", "SealedValueRefused", (place) =>
    sealFor(place, { change: { namespace: "another" } }),
  ),
  row("takes what was sealed for another vault", "SealedValueRefused", (place) =>
    sealFor(place, {
      ...{ change: { vault: place.other.uid, kid: place.other.sealingKey.kid } },
      key: place.other.sealingKey,
    }),
  ),
  row("seals to another vault's key", "SealedValueRefused", (place) =>
    sealFor(place, { key: place.other.sealingKey }),
  ),
  row("puts an older value back", "SealedValueOlder", async (place) => {
    const older = sealFor(place, { change: { serial: 1 } });
    await place.put(older);
    await place.put(sealFor(place));
    return older;
  }),
  edited("edits the header", 0, (part) => {
    const header = JSON.parse(Buffer.from(part, "base64url").toString());
    return encodeJson({ ...header, serial: 9 });
  }),
  edited("changes the encrypted key", 1, flip),
  edited("changes the initialisation vector", 2, flip),
  edited("changes the ciphertext", 3, flip),
  edited("changes the tag", 4, flip),
  edited("takes the tag off", 4, () => ""),
];

describe("an attacker with sealed values", () => {
  let stage: Stage;
  beforeAll(async () => {
    const installation = await startInstallation();
    const [shop, other] = [
      await makeSealedFor(installation, "shop"),
      await makeSealedFor(installation, "other"),
    ];
    stage = { installation, shop, other };
  }, 90_000);
  afterAll(async () => {
    await stage.installation[Symbol.asyncDispose]();
  });

  describeAttacks({ stage: () => stage, prize: value }, attacks);
});
