import { createHash } from "node:crypto";

/** Hexadecimal digits that tell one shortened mark from another. */
const digits = 16;

/** A mark that fits into a field of the product: whole where it fits, else its beginning and a digest of all of it. */
export function shortMark(mark: string, limit: number): string {
  if (mark.length <= limit) return mark;
  const digest = createHash("sha256").update(mark, "utf8").digest("hex").slice(0, digits);
  return `${mark.slice(0, limit - digits - 1).trimEnd()}~${digest}`;
}
