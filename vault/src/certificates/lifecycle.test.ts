// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { keyKind } from "../keys/key-kind.ts";
import { daysLater, testVault } from "../objects/__fixtures__/object-store.ts";
import { deleteObject } from "../objects/delete-object.ts";
import { governNext } from "../objects/governance.ts";
import type { ObjectType } from "../objects/object-type.ts";
import { beginPurge } from "../objects/purge-object.ts";
import { readObject } from "../objects/read-object.ts";
import { secretType } from "../secrets/secret-type.ts";
import {
  type CertificateStore,
  certificateName as name,
  openCertificateStore,
  selfSigned,
} from "./__fixtures__/certificate-store.ts";
import { certificateType } from "./certificate-type.ts";
import { deleteCertificate, purgeCertificate, recoverCertificate } from "./lifecycle.ts";
import { putOperation } from "./operation-record.ts";

const vault = testVault;
const faces: readonly ObjectType[] = [certificateType, keyKind, secretType];
const at = daysLater(1);

describe("the faces of a certificate", () => {
  let store: CertificateStore;
  beforeEach(async () => {
    store = await openCertificateStore();
  });
  afterEach(async () => {
    await store[Symbol.asyncDispose]();
  });

  const read = async <T>(
    member: (object: NonNullable<Awaited<ReturnType<typeof readObject>>>) => T,
  ) => {
    const objects = await store.objects.act(async (tx) => {
      const found = [];
      for (const type of faces) {
        found.push(await readObject(tx, vault, type, name));
      }
      return found;
    });
    return objects.map((object) => (object === undefined ? undefined : member(object)));
  };
  const all = <T>(value: T) => faces.map(() => value);
  const end = async () => {
    await store.objects.act((tx) => deleteCertificate(tx, { vault, name, at }));
    await store.objects.act((tx) => purgeCertificate(tx, { vault, name, at }));
  };

  it("have one version, one deletion and one end", async () => {
    const { version } = await store.make(selfSigned);
    expect(await read(({ current }) => current)).toEqual(all(version));
    expect(await read(({ managed }) => managed)).toEqual([false, true, true]);
    await store.objects.act((tx) => deleteCertificate(tx, { vault, name, at }));
    const [deleted] = await read((object) => object.deleted);
    expect(deleted).not.toBeNull();
    expect(await read((object) => object.deleted)).toEqual(all(deleted));
    await store.objects.act((tx) => recoverCertificate(tx, { vault, name, at }));
    expect(await read((object) => object.deleted)).toEqual(all(null));
    await end();
    expect(await read((object) => object.purged?.done)).toEqual(all(true));
  });

  it("are governed together by a policy over one of them", async () => {
    await store.objects.govern("early", "cert");
    await store.make(selfSigned);
    expect(await read(({ governed }) => governed)).toEqual(all(["early"]));
  });

  it("are governed together by a policy that comes later, over whichever of them", async () => {
    await store.make(selfSigned);
    for (const kind of ["certificates", "keys", "secrets"]) {
      const policy = {
        ...{ name: kind, owner: "o", kinds: [kind], names: ["ce*"] },
        immutable: false,
      };
      const record = { ...policy, policy: {}, digest: "", deleted: false };
      await store.objects.act((tx) => governNext(tx, vault.uid, record));
    }
    expect(await read(({ governed }) => governed)).toEqual(
      all(["certificates", "keys", "secrets"]),
    );
  });

  it("are not begun twice, until the first is cancelled", async () => {
    const unknown = { ...selfSigned, issuer: { name: "Unknown" } };
    const operation = await store.make(unknown);
    for (const body of [unknown, selfSigned]) {
      await expect(store.begin(body)).rejects.toMatchObject({ code: "Conflict" });
    }
    await store.objects.act((tx) =>
      putOperation(tx, vault, name, { ...operation, status: "cancelled" }),
    );
    expect((await store.make(selfSigned)).status).toBe("completed");
  });

  it("remember together what governed them, when all of it and the policy are gone", async () => {
    await store.objects.govern("gone", "cert");
    await store.objects.set("cert", "somebody's own secret");
    await store.objects.act((tx) => deleteObject(tx, secretType, { vault, name, at }));
    await store.objects.act((tx) => beginPurge(tx, secretType, { vault, name, at }));
    await store.objects.govern("gone", "cert", true);
    await store.make(selfSigned);
    expect(await read(({ governed }) => governed)).toEqual(all(["gone"]));
    await end();
    await store.make(selfSigned, daysLater(2));
    expect(await read(({ governed }) => governed)).toEqual(all(["gone"]));
  });

  it("are not made over a secret that is somebody's own", async () => {
    await store.objects.set("cert", "mine");
    await expect(store.make(selfSigned)).rejects.toMatchObject({ code: "NameInUse" });
    expect(await read(({ count }) => count)).toEqual([undefined, undefined, 1]);
  });
});
