import type { IngestionSource } from "../core/ingestion";

/** What watching needs of its surroundings; nothing below a front end reads a global. */
export interface IngestionContext {
  /** What a source's query counts. Made when it is needed: a product without a query needs no Graph. */
  readonly count: (source: IngestionSource) => Promise<number>;
  readonly now: () => Date;
  /** A true warning of the engine, or a line on stderr. */
  warn(message: string): void;
}
