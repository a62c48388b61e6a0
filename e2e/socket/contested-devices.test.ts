// SPDX-License-Identifier: Apache-2.0
/** Two nodes that claim one device: refused with an alarm, or bound anew, as the authority's enrolment says. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Attesting, openAttesting } from "./fixtures/attesting.ts";
import { installationHost } from "./fixtures/names.ts";
import { traceOf } from "./fixtures/stored.ts";
import { nitroBody } from "./fixtures/tee.ts";

describe("a device that two nodes claim", () => {
  let attesting: Attesting;
  beforeAll(async () => {
    attesting = await openAttesting();
  });
  afterAll(async () => {
    await attesting[Symbol.asyncDispose]();
  });

  const instance = (id: string): Parameters<typeof nitroBody>[1] => ({
    module_id: `i-0123456789abcdef${id}-enc0123456789abcdef`,
  });
  const attest = (node: string, id: string) =>
    attesting.attest("Nitro", (runtime) => nitroBody(runtime, instance(id)), node);
  const refused = (node: string, id: string, properties: object) =>
    attesting.refused(
      "Nitro",
      (runtime) => nitroBody(runtime, instance(id)),
      { code: "EnrolmentRefused", properties: { ...properties } },
      node,
    );
  const alarms = async (of: string) => {
    const { healthPort } = attesting.installation.vault;
    const text = await (await fetch(`http://127.0.0.1:${healthPort}/metrics`)).text();
    const line = `strongroom_vault_second_claimants_total{of="${of}"} `;
    return Number(
      text
        .split("\n")
        .find((each) => each.startsWith(line))
        ?.slice(line.length),
    );
  };
  const contestOf = async (node: string) => {
    const { nodes } = await attesting.installation.manage((client) => client.nodeVerdicts());
    return nodes.find(({ nodeName }) => nodeName === node)?.contested?.reason;
  };
  const bindings = async () => {
    const { body } = await attesting.installation.send({
      ...{ serverName: installationHost, method: "GET", path: "/strongroom/v1/enrolment/nodes" },
      token: await attesting.installation.oidc.token("administrator"),
    });
    return body.nodes.map((node: { nodeName: string; device: string }) => [
      node.nodeName,
      node.device,
    ]);
  };

  it("is one node's by FirstUse: the other's claim is an alarm, counted and shown at both", async () => {
    expect((await attest("one", "0")).status).toBe(200);
    expect([await alarms("device"), await alarms("node")]).toEqual([0, 0]);
    await refused("two", "0", {
      ...{ alarm: "second claimant of a device", holderUid: attesting.nodes["one"] },
    });
    expect([await alarms("device"), await alarms("node")]).toEqual([1, 0]);
    expect([await contestOf("one"), await contestOf("two")]).toEqual([
      "DeviceClaimed",
      "ClaimsBoundDevice",
    ]);
    await refused("one", "1", { alarm: "second device of a node" });
    expect([await alarms("device"), await alarms("node")]).toEqual([1, 1]);
    expect(await contestOf("one")).toBe("SecondDevice");
  });

  it("is contested no more, at either node, once an administrator has freed the binding", async () => {
    const free = async (node: string) => {
      const { status } = await attesting.installation.send({
        ...{ serverName: installationHost, method: "DELETE" },
        path: `/strongroom/v1/enrolment/nodes/${attesting.nodes[node]}`,
        token: await attesting.installation.oidc.token("administrator"),
      });
      return status;
    };
    await refused("two", "0", { alarm: "second claimant of a device" });
    expect([await contestOf("one"), await contestOf("two")]).toEqual([
      "DeviceClaimed",
      "ClaimsBoundDevice",
    ]);
    expect(await free("two")).toBe(404);
    expect(await contestOf("one")).toBe("DeviceClaimed");
    expect(await free("one")).toBe(200);
    expect([await contestOf("one"), await contestOf("two")]).toEqual([undefined, undefined]);
    expect((await attest("one", "0")).status).toBe(200);
  });

  it("is nobody's by Listed before it is listed, and then one node's as well", async () => {
    await attesting.setRules({ enrolment: "Listed", listedDevices: [] });
    await refused("three", "3", {});
    await attesting.setRules({
      ...{ enrolment: "Listed", listedDevices: ["nitro:i-0123456789abcdef3"] },
    });
    expect((await attest("three", "3")).status).toBe(200);
    await refused("four", "3", { alarm: "second claimant of a device" });
    await attesting.setRules();
  });

  it("goes by Open to whoever attests last: one node for a device, one device for a node, and recorded", async () => {
    const before = await alarms("device");
    await attesting.setRules({ enrolment: "Open" });
    const moved = await traceOf(attesting.installation.folders.storeFile, () => attest("two", "0"));
    expect([moved.result.status, moved.result.body.error]).toEqual([200, undefined]);
    expect(moved.leaves[0]?.event.properties["replaced"]).toEqual([
      {
        ...{ device: "nitro:i-0123456789abcdef0", nodeName: "one" },
        nodeUid: attesting.nodes["one"],
      },
    ]);
    const claims = await attesting.claimsOf(
      "Nitro",
      (runtime) => nitroBody(runtime, instance("0")),
      "two",
    );
    expect(claims["x-strongroom-enrolment"]).toBe("Open");
    const other = await traceOf(attesting.installation.folders.storeFile, () => attest("two", "3"));
    expect(other.leaves[0]?.event.properties["replaced"]).toHaveLength(2);
    expect(await bindings()).toEqual([["two", "nitro:i-0123456789abcdef3"]]);
    expect(await alarms("device")).toBe(before);
    await attesting.setRules();
    await refused("three", "3", { alarm: "second claimant of a device" });
  });
});
