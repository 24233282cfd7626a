/** Strict parsing, canonical text and sets of IPv4 and IPv6 addresses. Pure, without dependencies. */
export {
  type Address,
  addressCount,
  bitsOf,
  comparePrefixes,
  containsPrefix,
  type Family,
  type Interval,
  intervalPrefixes,
  type Prefix,
  prefixAround,
  toInterval,
} from "./address";
export { formatAddress, formatPrefix } from "./format";
export { type AddressProblem, type Parsed, parseAddress, parseEntry, parsePrefix } from "./parse";
export { type AddressSet, addressSet, covers, equalSets, intervals, minimalPrefixes, touches, union } from "./set";
