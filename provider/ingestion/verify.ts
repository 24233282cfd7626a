/** The look of the command line: does each connection's data arrive? One result at a time, as it comes. */
import { MsemError } from "../core/errors";
import {
  defaultGracePeriodHours,
  describeStall,
  type IngestionSource,
  type IngestionState,
  judgeIngestion,
} from "../core/ingestion";
import type { IngestionContext } from "./context";

/** A connection to look for. */
export interface IngestionSubject {
  /** What the result is told of: the connection's name, or the product's. */
  readonly name: string;
  /** `connectorType` of the Connection API. */
  readonly connectorType: string;
  /** RFC 3339: when the connection or its newest credential came to be. Without it no time is granted. */
  readonly connectedSince?: string;
}

/** Plain data: `JSON.stringify` of it is the JSON output, `text` a line of the text output. */
export interface IngestionResult {
  readonly name: string;
  readonly connectorType: string;
  /** `failed`: Graph could not be asked; see `error`. */
  readonly state: IngestionState | "failed";
  /** One line, without the name. */
  readonly text: string;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface IngestionSurroundings extends Pick<IngestionContext, "count" | "now"> {
  readonly sources: readonly IngestionSource[];
  /** @default 72 */
  readonly gracePeriodHours?: number;
}

/**
 * Looks for the data of each subject, in their order. Connections of one product cannot be told apart in the graph, so
 * each product is asked for once. A failure is a result, not an end: the next product may be seen.
 */
export async function* verifyIngestion(
  subjects: readonly IngestionSubject[],
  surroundings: IngestionSurroundings,
): AsyncIterable<IngestionResult> {
  const counts = new Map<string, Promise<number>>();
  for (const subject of subjects) {
    const source = surroundings.sources.find(({ type }) => type === subject.connectorType);
    yield { name: subject.name, connectorType: subject.connectorType, ...(await resultOf(subject, source)) };
  }

  async function resultOf(
    { connectorType, connectedSince }: IngestionSubject,
    source: IngestionSource | undefined,
  ): Promise<Pick<IngestionResult, "state" | "text" | "error">> {
    if (source === undefined) {
      return { state: "notVerifiable", text: "not verifiable: Microsoft documents no query that shows its data" };
    }
    try {
      const asked = counts.get(connectorType) ?? surroundings.count(source);
      counts.set(connectorType, asked);
      const count = await asked;
      const since = connectedSince === undefined ? undefined : new Date(connectedSince);
      const { gracePeriodHours = defaultGracePeriodHours } = surroundings;
      const { state } = judgeIngestion({
        count,
        now: surroundings.now(),
        since,
        gracePeriodHours,
        firstSeen: undefined,
      });
      return { state, text: textOf(state, source, since, gracePeriodHours) };
    } catch (error) {
      if (!(error instanceof MsemError)) throw error;
      const { code, message, sentence } = error;
      return { state: "failed", text: `failed: ${sentence}`, error: { code, message } };
    }
  }
}

function textOf(
  state: Exclude<IngestionState, "notVerifiable">,
  source: IngestionSource,
  since: Date | undefined,
  gracePeriodHours: number,
): string {
  switch (state) {
    case "flowing":
      return `flowing: ${source.product} ${source.evidence}s are in the exposure graph`;
    case "pending":
      return `pending: no ${source.product} ${source.evidence} seen yet; data may take up to ${gracePeriodHours} hours`;
    case "stalled":
      return describeStall(source, since, undefined);
  }
}
