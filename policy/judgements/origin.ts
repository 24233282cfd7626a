/** Whether what a list follows was judged by the guards at all. */

/** Resources with the argument `ranges`. */
const followers = ["IpAllowlist", "FirewallAllowlist"];

/**
 * @param className of the resource that follows a list
 * @param rangesFrom classes of the resources that its `ranges` depend on; undefined for one that is none of ours
 */
export function judgeOrigin(className: string, rangesFrom: readonly (string | undefined)[]): readonly string[] {
  if (!followers.includes(className) || rangesFrom.includes("ServiceTagRanges")) return [];
  return ["ranges: do not come from a ServiceTagRanges of this stack, so no guard has judged them here"];
}
