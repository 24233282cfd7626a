/** Renders what the pre-flights say of themselves: which results are possible, what they prove and what not. */
import type { PreflightResult } from "../../provider/core/preflight.ts";
import type { PreflightDefinition } from "../../provider/vendors/preflight.ts";
import { row } from "./docs.ts";

/** The generated part of `docs/preflight.md`. */
export function renderPreflight(
  preflights: readonly PreflightDefinition[],
  results: readonly PreflightResult[],
): string {
  const reasons: string[] = [];
  const cell = (reason: string | undefined): string => {
    if (reason === undefined) return "yes";
    const known = reasons.indexOf(reason);
    return `no (${known === -1 ? reasons.push(reason) : known + 1})`;
  };
  const table = preflights.map(({ connector, impossible }) =>
    row([connector.displayName, ...results.map((result) => cell(impossible[result]))]),
  );
  return [
    "## Which results are possible",
    "",
    row(["Product", ...results.map((result) => `\`${result}\``)]),
    `|${"---|".repeat(results.length + 1)}`,
    ...table,
    "",
    "Every `yes` is reached by a test on the emulated product. Why the others cannot be:",
    "",
    ...reasons.map((reason, index) => `${index + 1}. ${reason}`),
    "",
    "## What is proven",
    "",
    row(["Product", "`ok` proves", "It leaves open"]),
    "|---|---|---|",
    ...preflights.map(({ connector, proves, doesNotProve }) => row([connector.displayName, proves, doesNotProve])),
  ].join("\n");
}
