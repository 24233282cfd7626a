/** Entries with a description, as AWS has them: `192.0.2.0/24 "why"`. */
import type { Entry } from "../core/allowlist/index";

export interface Described {
  /** As it is written in the file: by that the vendor finds the entry. */
  readonly cidr: string;
  readonly description?: string;
}

/** What parsers put into an entry's text, so that a rollback brings the description back. */
export function describedText({ cidr, description }: Described): string {
  return description === undefined ? cidr : `${cidr} ${JSON.stringify(description)}`;
}

export function describedEntry({ text }: Entry): Described {
  const gap = text.indexOf(" ");
  if (gap < 0) return { cidr: text };
  return { cidr: text.slice(0, gap), description: JSON.parse(text.slice(gap + 1)) as string };
}
