/** What a source publishes today, in the form that the guards judge. */
import { counterOf, type Published } from "../core/servicetags/index";
import { type LookedUp, lookUpRanges, type Resolver } from "./resolve";
import type { WantedRanges } from "./sources";

/** A tag that is missing or empty is an answer, for the guards to judge. @throws MsemError when the source gives no list */
export async function publishedRanges(wanted: WantedRanges, resolver?: Resolver): Promise<Published> {
  return toPublished(wanted, await lookUpRanges(wanted, resolver));
}

/** A single tag object does not tell its cloud: then the wanted one counts. */
export function toPublished({ cloud }: WantedRanges, { found, document }: LookedUp): Published {
  const counter = counterOf(document.counter, document.cloud ?? cloud, found.serviceTag);
  const edition = editionOf(document);
  const common = { serviceTag: found.serviceTag, counter, ...(edition === undefined ? {} : { edition }) };
  return "hint" in found
    ? { ...common, prefixes: [], hint: found.hint }
    : { ...common, changeNumber: found.changeNumber, prefixes: found.prefixes };
}

/** `weekly file 412`, `Azure API list 63`; undefined for a single tag object. */
export function editionOf({
  counter,
  fileChangeNumber,
}: {
  readonly counter: "file" | "api";
  readonly fileChangeNumber?: number;
}): string | undefined {
  if (fileChangeNumber === undefined) return undefined;
  return counter === "api" ? `Azure API list ${fileChangeNumber}` : `weekly file ${fileChangeNumber}`;
}
