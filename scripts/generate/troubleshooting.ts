/** Renders the codes of `docs/troubleshooting.md`. */
import type { Explanation } from "../../provider/core/explanations.ts";
import { row } from "./docs.ts";

/** A table of contents, and a section for each code, whose heading is the code alone: that is what errors point to. */
export function renderExplanations(explanations: Readonly<Record<string, Explanation>>): string {
  const all = Object.entries(explanations);
  return [
    "| Code | Meaning |",
    "|---|---|",
    ...all.map(([code, { title }]) => row([`[\`${code}\`](#${code.toLowerCase()})`, title])),
    ...all.flatMap(([code, { title, causes, waysOut, pages = [] }]) => [
      "",
      `### ${code}`,
      "",
      `**${sentence(title)}**`,
      "",
      ...causes.map((cause) => `- ${cause}`),
      "",
      "What to do:",
      "",
      ...waysOut.map((way, at) => `${at + 1}. ${way}`),
      ...(pages.length > 0 ? ["", `See ${pages.map((page) => `[${page}](${page})`).join(", ")}.`] : []),
    ]),
  ].join("\n");
}

function sentence(phrase: string): string {
  return `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}.`;
}
