/** The pre-flight of a connector, where it is asked for: before anything is sent to the service. */
import type { ConnectorDescriptor } from "../core/connector/define";
import type { ConnectorInputs } from "../core/connector/inputs";
import { MsemError } from "../core/errors";
import { describeOutcome, stops } from "../core/preflight";
import type { ConnectorContext } from "./context";

/** @throws MSEM_PREFLIGHT with all checks, when one is required and the credential does not work as it is */
export async function preflight(
  descriptor: ConnectorDescriptor,
  inputs: ConnectorInputs,
  context: Pick<ConnectorContext, "preflight" | "warn">,
): Promise<void> {
  const mode = inputs.preflight ?? "off";
  if (mode === "off") return;
  const { outcomes, warnings } = await context.preflight(descriptor, inputs);
  for (const warning of warnings) context.warn(`'${inputs.name}': pre-flight: ${warning}`);
  const stopping = outcomes.filter(({ result }) => stops(result));
  if (mode === "require" && stopping.length > 0) {
    const lines = outcomes.map((outcome) => `\n  ${describeOutcome(outcome)}`).join("");
    throw new MsemError(
      "MSEM_PREFLIGHT",
      `${stopping.length} of ${outcomes.length} checks at ${descriptor.vendor} failed; nothing was sent to the service${lines}`,
      {
        hint: 'The checks ran from this machine, not from Microsoft\'s addresses. preflight: "warn" goes on all the same.',
      },
    );
  }
  for (const outcome of outcomes) {
    if (outcome.result !== "ok") context.warn(`'${inputs.name}': pre-flight: ${describeOutcome(outcome)}`);
  }
}
