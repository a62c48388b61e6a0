// SPDX-License-Identifier: Apache-2.0
/** Certificates in a store of a test's own, with an HSM in memory: what is done, and the events of it. */

import { type AuditEvent, silentLog } from "@strongroom/core";
import type { RequestContext } from "../../audit/event.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import {
  derive,
  type ObjectStore,
  openObjectStore,
  start,
  testVault,
} from "../../objects/__fixtures__/object-store.ts";
import { softwareHsm } from "../authority/__fixtures__/software-hsm.ts";
import { beginEnrolment } from "../begin-enrolment.ts";
import { createCertificateKeys } from "../create-certificate-keys.ts";
import { type CertificateDeps, finishEnrolment } from "../finish-enrolment.ts";
import type { CertificateOperation } from "../operation-record.ts";
import { policyOf } from "../policy-of.ts";
import type { PolicyBody } from "../policy-wire.ts";

/** The store. */
export interface CertificateStore extends AsyncDisposable {
  readonly objects: ObjectStore;
  readonly deps: CertificateDeps;
  /** Events since the store was opened; a test may empty it. */
  readonly events: AuditEvent[];
  /** Begins a certificate and leaves it there. */
  begin(body: PolicyBody, at?: Date): ReturnType<typeof beginEnrolment>;
  /** Makes a certificate. */
  make(body: PolicyBody, at?: Date): Promise<CertificateOperation>;
}

/** Name of the certificate that tests make. */
export const certificateName = "cert";

/** A policy whose certificates sign themselves. */
export const selfSigned: PolicyBody = {
  ...{ issuer: { name: "Self" }, key_props: { kty: "EC" }, x509_props: { subject: "CN=a" } },
};

/** Somebody asks. */
const context: RequestContext = {
  at: start,
  caller: {
    principal: { issuer: "i", subject: "s" },
    ...{ installationRoles: [], tokenHash: new Uint8Array() },
  },
  ...{ correlationId: "", callerIpAddress: "", requestUri: "" },
};

/** Opens it. */
export async function openCertificateStore(): Promise<CertificateStore> {
  const objects = await openObjectStore();
  const events: AuditEvent[] = [];
  const deps = depsOf(objects, events);
  const begin: CertificateStore["begin"] = (body, at = start) => {
    const policy = policyOf(body, 0);
    const attributes = { tags: { a: "b" } };
    const request = { vault: testVault, name: certificateName, policy, attributes, at };
    return objects.act((tx) => beginEnrolment(tx, request));
  };
  return {
    ...{ objects, deps, events, begin },
    make: async (body, at) => await finishEnrolment(deps, await begin(body, at), context),
    [Symbol.asyncDispose]: () => objects[Symbol.asyncDispose](),
  };
}

function depsOf(objects: ObjectStore, events: AuditEvent[]): CertificateDeps {
  const hsm = softwareHsm();
  const ledger: Ledger = {
    ...objects.ledger,
    read: (key) => objects.ledger.read(key),
    list: (...page) => objects.ledger.list(...page),
    readValue: (key) => objects.ledger.readValue(key),
    commit: (work) =>
      objects.ledger.commit(async (tx) => {
        const done = await work(tx);
        events.push(done.event);
        return done;
      }),
  };
  const deriveOf = () => derive;
  const certificateKeys = createCertificateKeys({ ledger, hsm, derive: deriveOf });
  return { ledger, hsm, derive: deriveOf, log: silentLog, certificateKeys };
}
