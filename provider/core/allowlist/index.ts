/** Lists of addresses judged against the desired prefixes. Pure. */
export { type ListEntry, type ListProblem, type PlainList, parsePlainList } from "./text";
export {
  type ExtraEntry,
  type ExtraVerdict,
  type JudgedPrefix,
  type Judgement,
  judgeList,
  type PrefixVerdict,
  type Summary,
} from "./verdicts";
