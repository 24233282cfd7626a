/** Configurations judged against the desired prefixes, and the change that brings them there. Pure. */
export {
  type Capability,
  type Capacity,
  disjointParts,
  entriesFor,
  limitOf,
  whyUnsupported,
  writtenAs,
} from "./capability";
export type { ExtraEntry, ExtraVerdict } from "./extras";
export { defineFormat, type Format, type FullList } from "./format";
export {
  type Evidence,
  evidenceOf,
  extraVerdicts,
  type JudgedPrefix,
  type Judgement,
  judge,
  type PrefixVerdict,
  prefixVerdicts,
  type Question,
  type Summary,
} from "./judge";
export * from "./model";
export { applyChanges, type ListChange, type Plan, planChange, stayingBlocks } from "./plan";
export { type Leaf, pathOf, type Resolved, type Resolver, resolver } from "./resolve";
export { describe, type Selection, type Subject, select } from "./select";
export { https, shareOf } from "./service";
