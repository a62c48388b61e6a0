// SPDX-License-Identifier: Apache-2.0
/** The authority's rules as the chart takes them, in the vault's configuration. */

import { describe, expect, it } from "@jest/globals";
import { evidenceKindSchema } from "@strongroom/api";
import { parse } from "yaml";
import { renderChart } from "./fixtures/render-chart.ts";

describe("the chart's rules of the authority", () => {
  it("take every kind of evidence that the vault does", async () => {
    const kinds = evidenceKindSchema.options;
    const objects = await renderChart({ "attestation.kinds": kinds });
    const configs = objects
      .filter(({ kind }) => kind === "ConfigMap")
      .flatMap((object) => Object.values<string>(object["data"] ?? {}))
      .filter((text) => text.includes("attestation:"));
    expect(configs.map((text) => parse(text).attestation?.kinds)).toContainEqual(kinds);
  });
});
