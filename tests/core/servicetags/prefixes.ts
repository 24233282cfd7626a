/** Self-written lists for tests of guards: addresses as a cloud would have them, none of them special. */
import { type Prefix, parsePrefix } from "../../../provider/core/ip/index";
import { counterOf, type Published, type ResolvedTag } from "../../../provider/core/servicetags/index";

export function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

/** `count` prefixes of length 29, from number `from` on: 20.200.0.0/29, 20.200.0.8/29, … */
export function run(count: number, from = 0): Prefix[] {
  return Array.from({ length: count }, (_, index) => {
    const at = (from + index) * 8;
    return prefix(`20.${200 + (at >> 16)}.${(at >> 8) & 255}.${at & 255}/29`);
  });
}

export function published(changeNumber: number, prefixes: readonly Prefix[], more: Partial<Published> = {}): Published {
  return { serviceTag: "Scuba", counter: counterOf("file", "Public", "Scuba"), changeNumber, prefixes, ...more };
}

export function publishedOf(tag: ResolvedTag, cloud = tag.cloud): Published {
  return {
    serviceTag: tag.serviceTag,
    counter: counterOf(tag.counter, cloud, tag.serviceTag),
    changeNumber: tag.changeNumber,
    prefixes: tag.prefixes,
    ...(tag.fileChangeNumber === undefined ? {} : { edition: `weekly file ${tag.fileChangeNumber}` }),
  };
}
