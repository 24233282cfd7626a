/**
 * Tenable: the keys, the gate of both exports without starting one, and whether all assets are in view. An export is
 * never asked for: it starts a job, and ten at a time is all that a container has.
 */
import { z } from "zod";
import type { Finding } from "../../core/preflight";
import type { Answer } from "../../http/answer";
import { vendorError } from "../../http/vendor";
import { type Check, definePreflight, inconclusive, ok } from "../preflight";
import { tenable } from "./connector";

const errorSchema = z.object({ message: z.string().optional(), error: z.string().optional() });
const statusSchema = z.object({ status: z.string() });
const exportsSchema = z.object({ exports: z.array(z.unknown()) });
const permissionsSchema = z.object({
  permissions_granted: z.array(
    z.object({
      actions: z.array(z.string()),
      objects: z.array(z.object({ type: z.string(), name: z.string().optional() })),
    }),
  ),
});

const partial = "Give the user Can View on the object All Assets; an Administrator sees all of them without it.";

export const tenablePreflight = definePreflight({
  connector: tenable,
  // The connector takes no address: FedRAMP's is another one, and whether it is served is not documented.
  baseUrl: () => "https://cloud.tenable.com",
  impossible: {
    blockedBySourceAddress: "Tenable answers 401 alike for wrong keys and for an address that is not allowed.",
  },
  proves: "The keys are good, may export assets and findings, and see all assets.",
  doesNotProve: "FedRAMP, and that the connector reads by exports: Microsoft's page does not name its calls.",
  explain: ({ code }, check) =>
    check === "scope" && (code === "MSEM_FORBIDDEN" || code === "MSEM_NOT_FOUND")
      ? inconclusive("what the user sees cannot be asked by the user", partial)
      : undefined,
  open: ({ credentials }, { connect }) => {
    const { accessKey = "", secretKey = "" } = credentials.fields;
    const session = connect({
      authorize: () => ({
        headers: { "X-ApiKeys": `accessKey=${accessKey};secretKey=${secretKey}` },
        secrets: [accessKey, secretKey],
      }),
      requestIdHeaders: ["x-request-uuid"],
      readError: (json) => {
        const parsed = errorSchema.safeParse(json);
        return parsed.success ? vendorError(parsed.data.message ?? parsed.data.error) : undefined;
      },
    });
    const get = (name: string, to: string, read: (answer: Answer) => Finding): Check => ({
      name,
      ask: () => session.send({ method: "GET", to, answers: { 200: read } }),
    });
    const exportable = (what: string) => (answer: Answer) => {
      answer.json(exportsSchema);
      return ok(`may export ${what}`);
    };
    return [
      get("keys", "/server/status", (answer) => {
        const { status } = answer.json(statusSchema);
        if (status === "ready") return ok("the keys are good");
        return inconclusive(`Tenable is ${answer.redact(status)}`, "Run it again later.");
      }),
      get("assetExport", "/assets/export/status", exportable("assets")),
      get("findingExport", "/vulns/export/status", exportable("findings")),
      get("scope", "/api/v3/access-control/permissions/users/me", readScope),
    ];
  },
});

/** A grant on a tag shows a part; Administrators need none, so its absence proves nothing. */
function readScope(answer: Answer): Finding {
  const granted = answer.json(permissionsSchema).permissions_granted;
  const visible = granted.filter(({ actions }) => actions.includes("CanView")).flatMap(({ objects }) => objects);
  if (visible.some(({ type }) => type === "AllAssets")) return ok("sees all assets");
  const tags = visible.flatMap(({ name }) => (name === undefined ? [] : [answer.redact(name)]));
  const part =
    tags.length === 0 ? "no right to see all assets is granted by name" : `sees assets with ${tags.join(", ")}`;
  return inconclusive(part, partial);
}
