// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { StrongroomError } from "@strongroom/core";
import { rememberTokens } from "./remember-tokens.ts";

function make() {
  let now = 1000;
  let key: string | undefined = "one";
  const asked: string[] = [];
  const verify = rememberTokens(async (token) => {
    asked.push(token);
    if (token === "bad") {
      throw new StrongroomError("TokenInvalid", "no");
    }
    const verifiedBy = key;
    const isStillGood = () => key !== undefined && key === verifiedBy;
    return { value: `what ${token} says`, until: 5000, isStillGood };
  });
  const authenticate = (token: string) => verify(token, new Date(now));
  const setTime = (ms: number) => {
    now = ms;
  };
  const setKey = (next: string | undefined) => {
    key = next;
  };
  return { authenticate, asked, setTime, setKey };
}

describe("remembered tokens", () => {
  it("are not asked about again while they are good", async () => {
    const { authenticate, asked, setTime } = make();
    expect(await authenticate("a")).toBe("what a says");
    setTime(4999);
    expect(await authenticate("a")).toBe("what a says");
    expect(await authenticate("b")).toBe("what b says");
    expect(asked).toEqual(["a", "b"]);
  });

  it("are asked about again in the moment in which they expire", async () => {
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

  it("are never those that were refused", async () => {
    const { authenticate, asked } = make();
    await expect(authenticate("bad")).rejects.toMatchObject({ code: "TokenInvalid" });
    await expect(authenticate("bad")).rejects.toMatchObject({ code: "TokenInvalid" });
    expect(asked).toHaveLength(2);
  });
});
