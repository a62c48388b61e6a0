// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { bindAccounts } from "./bind-accounts.ts";

describe("a name of a ServiceAccount", () => {
  it("stands for the account that exists when it is first used", () => {
    const { bound, pending } = bindAccounts({
      ...{ named: ["app", "app", "job"], bound: {} },
      existing: { app: "1", other: "2" },
    });
    expect({ bound, pending }).toEqual({ bound: { app: "1" }, pending: ["job"] });
  });

  it("does not stand for an account that was made anew", () => {
    const binding = { named: ["app"], bound: { app: "1" } };
    expect(bindAccounts({ ...binding, existing: { app: "2" } })).toEqual({
      ...{ bound: { app: "1" }, pending: [], replaced: ["app"] },
    });
    expect(bindAccounts({ ...binding, existing: {} })).toEqual({
      ...{ bound: { app: "1" }, pending: [], replaced: [] },
    });
  });

  it("is bound again once the resource had forgotten it", () => {
    const forgotten = bindAccounts({ named: [], bound: { app: "1" }, existing: { app: "2" } });
    expect(forgotten.bound).toEqual({});
    const again = bindAccounts({ ...forgotten, named: ["app"], existing: { app: "2" } });
    expect(again.bound).toEqual({ app: "2" });
  });

  it("is nobody if it is a name that objects inherit", () => {
    const { bound, pending } = bindAccounts({ named: ["constructor"], bound: {}, existing: {} });
    expect({ bound, pending }).toEqual({ bound: {}, pending: ["constructor"] });
  });
});
