/** Self-written lists of service tags, as a weekly file and as the Azure API have them. */

export interface TagSpec {
  readonly changeNumber: number;
  readonly prefixes: readonly string[];
}

/** `count` prefixes 20.200.0.0/29, 20.200.0.8/29, …, from number `from` on. */
export function run(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => {
    const at = (from + index) * 8;
    return `20.${200 + (at >> 16)}.${(at >> 8) & 255}.${at & 255}/29`;
  });
}

export function weeklyFile(changeNumber: number, tags: Record<string, TagSpec>, cloud = "Public") {
  return { changeNumber, cloud, values: Object.entries(tags).map(([name, tag]) => toValue(name, tag, Number)) };
}

export function apiAnswer(changeNumber: number, tags: Record<string, TagSpec>, cloud = "Public") {
  return {
    name: cloud,
    id: "/subscriptions/x",
    type: "Microsoft.Network/serviceTags",
    changeNumber: String(changeNumber),
    cloud,
    values: Object.entries(tags).map(([name, tag]) => toValue(name, tag, String)),
  };
}

function toValue(name: string, { changeNumber, prefixes }: TagSpec, number: (value: number) => unknown) {
  return {
    name,
    id: name,
    properties: {
      changeNumber: number(changeNumber),
      region: "",
      systemService: name,
      addressPrefixes: prefixes,
    },
  };
}
