// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { StrongroomError, systemClock } from "@strongroom/core";
import type { Caller } from "./caller.ts";
import { rememberCallers } from "./remember-callers.ts";

const callerOf = (subject: string): Caller => ({
  principal: { issuer: "https://issuer.example", subject },
  installationRoles: [],
  tokenHash: new Uint8Array(32),
});

function make() {
  let now = 1000;
  let key: string | undefined = "one";
  const asked: string[] = [];
  const authenticate = rememberCallers(
    async (token) => {
      asked.push(token);
      if (token === "bad") {
        throw new StrongroomError("TokenInvalid", "no");
      }
      const verifiedBy = key;
      const isStillGood = () => key !== undefined && key === verifiedBy;
      return { caller: callerOf(token), until: 5000, isStillGood };
    },
    { ...systemClock, now: () => new Date(now) },
  );
  const setTime = (ms: number) => {
    now = ms;
  };
  const setKey = (next: string | undefined) => {
    key = next;
  };
  return { authenticate, asked, setTime, setKey };
}

describe("remembered callers", () => {
  it("are not asked about again while their token is good", async () => {
    const { authenticate, asked, setTime } = make();
    expect((await authenticate("a")).principal.subject).toBe("a");
    setTime(4999);
    expect((await authenticate("a")).principal.subject).toBe("a");
    expect((await authenticate("b")).principal.subject).toBe("b");
    expect(asked).toEqual(["a", "b"]);
  });

  it("are asked about again in the moment in which their token expires", async () => {
    const { authenticate, asked, setTime } = make();
    await authenticate("a");
    setTime(5000);
    await authenticate("a");
    expect(asked).toEqual(["a", "a"]);
  });

  it("are asked about again when their issuer's key is no longer the one", async () => {
    const { authenticate, asked, setKey } = make();
    await authenticate("a");
    setKey("another");
    await authenticate("a");
    await authenticate("a");
    setKey(undefined);
    await authenticate("a");
    expect(asked).toEqual(["a", "a", "a"]);
  });

  it("are never those whose token was refused", async () => {
    const { authenticate, asked } = make();
    await expect(authenticate("bad")).rejects.toMatchObject({ code: "TokenInvalid" });
    await expect(authenticate("bad")).rejects.toMatchObject({ code: "TokenInvalid" });
    expect(asked).toHaveLength(2);
  });
});
