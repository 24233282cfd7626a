/** What a management server makes of the mgmt_cli commands that are rendered. */

interface Item {
  uid: string;
  name: string;
  type: string;
  members?: string[];
  [field: string]: unknown;
}

/** Words of a shell command; single quotes only, as they are rendered. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/(?:'[^']*'|\\'|[^\s'\\])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|\\(')/g, (_, quoted: string | undefined, sign: string | undefined) => quoted ?? sign ?? ""),
  );
}

export function runMgmtCli(config: string, script: string): string {
  const answers = JSON.parse(config) as { objects?: Item[] }[];
  const objects = (): Item[] => answers.flatMap((answer) => answer.objects ?? []);
  const find = (name: string): Item => {
    const found = objects().find((one) => one.name === name);
    if (found === undefined) throw new Error(`there is no object ${name}`);
    return found;
  };
  for (const line of script.split("\n")) {
    if (!/^mgmt_cli (add|set|delete) /.test(line)) continue;
    const [, verb, kind, key, which, ...rest] = wordsOf(line.replace(/ -s "\$session"$/, "")) as string[];
    if (which === undefined || (verb === "set" ? key !== "uid" : key !== "name")) throw new Error(line);
    const fields = new Map<string, string>();
    for (let at = 0; at < rest.length; at += 2) fields.set(rest[at] as string, rest[at + 1] as string);
    if (verb === "delete") {
      if (objects().some(({ members }) => members?.includes(find(which).uid))) throw new Error(`${which} is used`);
      for (const answer of answers) answer.objects = answer.objects?.filter(({ name }) => name !== which);
    } else if (verb === "add") {
      const address = (fields.get("subnet") ?? fields.get("ip-address")) as string;
      const number = address.includes(":") ? "6" : "4";
      const content =
        kind === "host"
          ? { [`ipv${number}-address`]: address }
          : { [`subnet${number}`]: address, [`mask-length${number}`]: Number(fields.get("mask-length")) };
      const known = objects().find(({ name }) => name === which);
      if (known !== undefined && fields.get("set-if-exists") !== "true") throw new Error(`${which} is there`);
      if (known === undefined)
        answers.push({ objects: [{ uid: `made-${which}`, name: which, type: kind as string, ...content }] });
      else Object.assign(known, content);
    } else {
      const group = objects().find(({ uid }) => uid === which);
      if (group?.members === undefined) throw new Error(`there is no group ${which}`);
      for (const [field, name] of fields) {
        const { uid } = find(name);
        if (field.startsWith("members.add.")) group.members.push(uid);
        else group.members.splice(group.members.indexOf(uid), 1);
      }
    }
  }
  return JSON.stringify(answers, undefined, 1);
}
