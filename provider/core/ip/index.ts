/** Strict parsing, canonical text and sets of IPv4 and IPv6 addresses. Pure, without dependencies. */
export {
  type Address,
  addressCount,
  type Block,
  bitsOf,
  comparePrefixes,
  compareWords,
  containsPrefix,
  type Family,
  type Interval,
  intervalOf,
  type Prefix,
  prefixAround,
  toInterval,
} from "./address";
export { difference, intersection, union } from "./algebra";
export { intervalPrefixes } from "./blocks";
export { formatAddress, formatInterval, formatPrefix } from "./format";
export { type EntryProblem, formatSet, type ParsedSet, parseSet } from "./list";
export { parseNetmask, parseWildcard, wildcardLimit } from "./masks";
export {
  type AddressProblem,
  type Parsed,
  type ParseOptions,
  parseAddress,
  parseBlock,
  parseEntry,
  parseInterval,
  parsePrefix,
  parseRange,
} from "./parse";
export {
  type AddressSet,
  addressSet,
  type Coverage,
  countAddresses,
  coverage,
  coverageOf,
  covers,
  equalSets,
  intervals,
  isEmpty,
  minimalPrefixes,
  touches,
} from "./set";
