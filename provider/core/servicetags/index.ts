/** Microsoft's published service tags: schemas, one tag out of a document, what changed, and whether to trust it. Pure. */

export type { CounterKind } from "./accept";
export {
  type DocumentDiff,
  diffDocuments,
  diffPrefixes,
  type PrefixDiff,
  type TagChange,
} from "./diff";
export {
  type GuardCode,
  type GuardOptions,
  type GuardPolicy,
  guardKeys,
  judgeGuardOptions,
} from "./guardOptions";
export {
  type Accepted,
  counterOf,
  type JudgedList,
  judgePublished,
  type Published,
  type Reason,
  type Withdrawn,
} from "./guards";
export {
  type RawPublished,
  readServiceTagRanges,
  type ServiceTagRangesInputs,
  type ServiceTagRangesState,
  serviceTagRangesLifecycle,
} from "./lifecycle";
export { parseServiceTags, type RawTag, type ServiceTagDocument } from "./parse";
export { formatRefusal, formatStep, labelOf, withdrawnSince } from "./refusal";
export { lookUpServiceTag, type MissingTag, type ResolvedTag, resolveServiceTag } from "./resolve";
export { apiAnswerSchema, apiTagSchema, serviceTagFileSchema, serviceTagSchema } from "./schema";
export { specialPurposeOf } from "./specialPurpose";
