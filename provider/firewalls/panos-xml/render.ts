/**
 * The body of one request to the XML API (`type=config&action=multi-config&element=…`), all of it or nothing: an address
 * object for each new prefix, then the members of the group, then old members out. Their objects stay.
 */
import type { Format, ListChange, NamedSet } from "../../core/allowlist/index";
import { formatPrefix } from "../../core/ip/index";
import { type Named, namesFor } from "../objects";
import { placeOfSet } from "../panos/scopes";
import { escapeXml } from "../xml";

/** The device entry of firewalls and of Panorama is always called so. */
const device = "/config/devices/entry[@name='localhost.localdomain']";

function scopePath(set: NamedSet): string {
  const { kind, name } = placeOfSet(set);
  if (kind === "shared") return "/config/shared";
  return `${device}/${kind}/${entry(name === "" ? "vsys1" : name)}`;
}

/** Names hold no quotes: PAN-OS allows letters, digits, blanks, hyphens, dots, underscores. */
function entry(name: string): string {
  return `entry[@name='${name}']`;
}

type Operation = readonly ["set" | "delete", string, string?];

function request(operations: readonly Operation[]): string {
  if (operations.length === 0) return "";
  const lines = operations.map(([action, xpath, body], index) => {
    const start = `  <${action} id="${index + 1}" xpath="${escapeXml(xpath)}"`;
    return body === undefined ? `${start}/>` : `${start}>${body}</${action}>`;
  });
  return `<multi-configure-request>\n${lines.join("\n")}\n</multi-configure-request>\n`;
}

function definition(path: string, { name, prefix }: Named): Operation {
  const body = `<entry name="${escapeXml(name)}"><ip-netmask>${formatPrefix(prefix)}</ip-netmask></entry>`;
  return ["set", `${path}/address`, body];
}

function enter(path: string, { name }: NamedSet, members: readonly string[]): Operation[] {
  if (members.length === 0) return [];
  const body = members.map((member) => `<member>${escapeXml(member)}</member>`).join("");
  return [["set", `${path}/address-group/${entry(name)}/static`, body]];
}

function leave(path: string, { name }: NamedSet, members: readonly string[]): Operation[] {
  return members.map((member) => ["delete", `${path}/address-group/${entry(name)}/static/member[text()='${member}']`]);
}

const removedNames = ({ remove }: ListChange): string[] => remove.map(({ text }) => text);

export const renderPanosXml: Format["render"] = {
  change(change, { sets }) {
    const path = scopePath(change.set);
    const named = namesFor(change.add, change.set, sets);
    const names = named.map(({ name }) => name);
    return request([
      ...named.filter(({ exists }) => !exists).map((one) => definition(path, one)),
      ...enter(path, change.set, names),
      ...leave(path, change.set, removedNames(change)),
    ]);
  },
  rollback(change, { sets }) {
    const path = scopePath(change.set);
    const named = namesFor(change.add, change.set, sets);
    const names = named.map(({ name }) => name);
    const made = named.filter(({ exists }) => !exists);
    return request([
      ...enter(path, change.set, removedNames(change)),
      ...leave(path, change.set, names),
      ...made.map(({ name }): Operation => ["delete", `${path}/address/${entry(name)}`]),
    ]);
  },
  full({ name, prefixes }) {
    const named = namesFor(prefixes, {}, []);
    const objects = named.map(
      (one) =>
        `    <entry name="${escapeXml(one.name)}"><ip-netmask>${formatPrefix(one.prefix)}</ip-netmask></entry>\n`,
    );
    const members = named.map((one) => `        <member>${escapeXml(one.name)}</member>\n`);
    return [
      "<config>\n<shared>\n  <address>\n",
      ...objects,
      `  </address>\n  <address-group>\n    <entry name="${escapeXml(name)}">\n      <static>\n`,
      ...members,
      "      </static>\n    </entry>\n  </address-group>\n</shared>\n</config>\n",
    ].join("");
  },
};
