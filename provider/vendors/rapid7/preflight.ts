/** Rapid7: the key at its region, then the read of integration assets that Microsoft's page prints. */
import { z } from "zod";
import { vendorError } from "../../http/vendor";
import { definePreflight, inconclusive, ok } from "../preflight";
import { rapid7 } from "./connector";

const errorSchema = z.object({ message: z.string(), status: z.union([z.string(), z.number()]).optional() });
const validSchema = z.union([z.string(), z.object({ message: z.string() })]);
/** The documents show a word; whether it comes as JSON they do not. */
const bareWord = /^\s*authorized\s*$/i;
const assetsSchema = z.object({
  data: z.array(z.unknown()),
  metadata: z.object({ totalResources: z.number().optional() }).optional(),
});

export const rapid7Preflight = definePreflight({
  connector: rapid7,
  baseUrl: ({ endpoint = "" }) => `https://${endpoint}`,
  impossible: {
    blockedBySourceAddress:
      "No list of allowed addresses is publicly known in the Insight platform, nor an answer that would name one.",
  },
  proves: "The key is good in this region, and reads integration assets.",
  doesNotProve: "The read of vulnerabilities.",
  open: ({ credentials }, { connect }) => {
    const { apiKey = "" } = credentials.fields;
    const session = connect({
      authorize: () => ({ headers: { "X-Api-Key": apiKey }, secrets: [apiKey] }),
      readError: (json) => {
        const parsed = errorSchema.safeParse(json);
        return parsed.success ? vendorError(parsed.data.message) : undefined;
      },
    });
    return [
      {
        name: "key",
        ask: () =>
          session.send({
            method: "GET",
            to: "/validate",
            answers: {
              200: (answer) => {
                if (!bareWord.test(answer.text)) answer.json(validSchema);
                return ok("the key is good in this region");
              },
            },
          }),
      },
      {
        name: "assets",
        ask: () =>
          session.send({
            method: "POST",
            to: "/vm/v4/integration/assets",
            query: { size: "1" },
            body: {},
            answers: {
              200: (answer) => {
                const { data, metadata } = answer.json(assetsSchema);
                if (data.length > 0) return ok(`reads assets${total(metadata?.totalResources)}`);
                return inconclusive(
                  "no asset is visible",
                  "Either there is none yet, or the key's user sees none: look in InsightVM as that user.",
                );
              },
            },
          }),
      },
    ];
  },
});

function total(count: number | undefined): string {
  return count === undefined ? "" : `; ${count.toLocaleString("en-US")} visible`;
}
