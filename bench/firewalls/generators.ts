/** Configurations of any size, the same on every machine: objects in groups of 500, each group in the next one, 200 rules. */

export interface Generated {
  readonly text: string;
  /** The outermost list, which holds all. */
  readonly list: string;
}

export interface Generator {
  /** Id of the format. */
  readonly id: string;
  /** XML has another aim: its reading costs more. */
  readonly kind: "text" | "xml";
  /** What the peers call the format. Absent: they do not read it. */
  readonly fwshift?: string;
  readonly hierConfig?: string;
  readonly netutils?: string;
  readonly ciscoconfparse2?: string;
  generate(objects: number): Generated;
}

const perGroup = 500;
const ruleCount = 200;

/** Hosts that are four addresses apart: none joins another. */
export function addressOf(at: number): string {
  return `10.${(at >> 14) & 255}.${(at >> 6) & 255}.${(at & 63) * 4}`;
}

export function prefixesOf(objects: number): string[] {
  return Array.from({ length: objects }, (_, at) => `${addressOf(at)}/32`);
}

interface Group {
  readonly at: number;
  readonly name: string;
  /** Numbers of its objects. */
  readonly members: readonly number[];
  readonly inner: string | undefined;
}

function groupsOf(objects: number): Group[] {
  return Array.from({ length: Math.ceil(objects / perGroup) }, (_, at) => ({
    at,
    name: `G${at}`,
    members: Array.from({ length: Math.min(perGroup, objects - at * perGroup) }, (_, index) => at * perGroup + index),
    inner: at === 0 ? undefined : `G${at - 1}`,
  }));
}

function assembled(
  objects: number,
  parts: {
    readonly head: readonly string[];
    readonly object: (at: number) => readonly string[];
    readonly between?: readonly string[];
    readonly group: (group: Group) => readonly string[];
    readonly rules: readonly string[];
    readonly rule: (at: number, group: string) => readonly string[];
    readonly tail: readonly string[];
  },
): Generated {
  const groups = groupsOf(objects);
  const lines: string[] = [...parts.head];
  for (let at = 0; at < objects; at++) lines.push(...parts.object(at));
  lines.push(...(parts.between ?? []));
  for (const group of groups) lines.push(...parts.group(group));
  lines.push(...parts.rules);
  for (let at = 0; at < ruleCount; at++) lines.push(...parts.rule(at, `G${at % groups.length}`));
  lines.push(...parts.tail);
  return { text: `${lines.join("\n")}\n`, list: `G${groups.length - 1}` };
}

export const generators: readonly Generator[] = [
  {
    id: "cisco-asa",
    kind: "text",
    fwshift: "asa",
    hierConfig: "CISCO_IOS",
    netutils: "ASAConfigParser",
    ciscoconfparse2: "asa",
    generate: (objects) =>
      assembled(objects, {
        head: [
          "ASA Version 9.16(4)",
          ...["interface GigabitEthernet0/0", " nameif outside", " security-level 0"],
          " ip address 198.51.100.1 255.255.255.0",
          ...["interface GigabitEthernet0/1", " nameif inside", " security-level 100"],
          " ip address 203.0.113.254 255.255.255.0",
        ],
        object: (at) => [`object network O${at}`, ` host ${addressOf(at)}`],
        group: ({ name, members, inner }) => [
          `object-group network ${name}`,
          ...members.map((at) => ` network-object object O${at}`),
          ...(inner === undefined ? [] : [` group-object ${inner}`]),
        ],
        rules: [],
        rule: (at, group) => [
          `access-list outside_in extended permit tcp object-group ${group} host 203.0.113.${at + 1} eq https`,
        ],
        tail: ["access-group outside_in in interface outside"],
      }),
  },
  {
    id: "cisco-ios",
    kind: "text",
    fwshift: "ios",
    hierConfig: "CISCO_IOS",
    netutils: "IOSConfigParser",
    ciscoconfparse2: "ios",
    generate: (objects) =>
      assembled(objects, {
        head: ["version 15.9", "hostname edge"],
        object: () => [],
        group: ({ name, members, inner }) => [
          `object-group network ${name}`,
          ...members.map((at) => ` host ${addressOf(at)}`),
          ...(inner === undefined ? [] : [` group-object ${inner}`]),
          "!",
        ],
        rules: ["ip access-list extended outside_in"],
        rule: (at, group) => [` permit tcp object-group ${group} host 203.0.113.${at + 1} eq 443`],
        tail: [
          "!",
          "interface GigabitEthernet0/0",
          " ip address 198.51.100.1 255.255.255.0",
          " ip access-group outside_in in",
        ],
      }),
  },
  {
    id: "fortios",
    kind: "text",
    fwshift: "fortios",
    hierConfig: "FORTINET_FORTIOS",
    netutils: "FortinetConfigParser",
    generate: (objects) =>
      assembled(objects, {
        head: [
          "#config-version=FGVM64-7.4.4-FW-build2662-240514:opmode=0:vdom=0:user=admin",
          "config firewall address",
        ],
        object: (at) => [`    edit "O${at}"`, `        set subnet ${addressOf(at)} 255.255.255.255`, "    next"],
        between: ["end", "config firewall addrgrp"],
        group: ({ name, members, inner }) => [
          `    edit "${name}"`,
          `        set member ${[...members.map((at) => `"O${at}"`), ...(inner === undefined ? [] : [`"${inner}"`])].join(" ")}`,
          "    next",
        ],
        rules: ["end", "config firewall policy"],
        rule: (at, group) => [
          `    edit ${at + 1}`,
          '        set srcintf "wan1"',
          '        set dstintf "internal"',
          "        set action accept",
          `        set srcaddr "${group}"`,
          '        set dstaddr "all"',
          '        set schedule "always"',
          '        set service "HTTPS"',
          "    next",
        ],
        tail: ["end"],
      }),
  },
  {
    id: "panos-set",
    kind: "text",
    fwshift: "panos",
    netutils: "PaloAltoNetworksConfigParser",
    generate: (objects) =>
      assembled(objects, {
        head: ["set deviceconfig system hostname edge"],
        object: (at) => [`set address O${at} ip-netmask ${addressOf(at)}/32`],
        group: ({ name, members, inner }) => [
          ...members.map((at) => `set address-group ${name} static O${at}`),
          ...(inner === undefined ? [] : [`set address-group ${name} static ${inner}`]),
        ],
        rules: [],
        rule: (at, group) => [
          `set rulebase security rules R${at} from untrust`,
          `set rulebase security rules R${at} to trust`,
          `set rulebase security rules R${at} source ${group}`,
          `set rulebase security rules R${at} destination any`,
          `set rulebase security rules R${at} application any`,
          `set rulebase security rules R${at} service service-https`,
          `set rulebase security rules R${at} action allow`,
        ],
        tail: [],
      }),
  },
  {
    id: "panos-xml",
    kind: "xml",
    fwshift: "panos",
    generate: (objects) =>
      assembled(objects, {
        head: [
          '<?xml version="1.0"?>',
          '<config version="11.1.0">',
          "  <devices>",
          '    <entry name="localhost.localdomain">',
          "      <vsys>",
          '        <entry name="vsys1">',
          "          <address>",
        ],
        object: (at) => [`            <entry name="O${at}"><ip-netmask>${addressOf(at)}/32</ip-netmask></entry>`],
        between: ["          </address>", "          <address-group>"],
        group: ({ name, members, inner }) => [
          `            <entry name="${name}">`,
          "              <static>",
          ...members.map((at) => `                <member>O${at}</member>`),
          ...(inner === undefined ? [] : [`                <member>${inner}</member>`]),
          "              </static>",
          "            </entry>",
        ],
        rules: [
          "          </address-group>",
          "          <rulebase>",
          "            <security>",
          "              <rules>",
        ],
        rule: (at, group) => [
          `                <entry name="R${at}">`,
          "                  <from><member>untrust</member></from>",
          "                  <to><member>trust</member></to>",
          `                  <source><member>${group}</member></source>`,
          "                  <destination><member>any</member></destination>",
          "                  <application><member>any</member></application>",
          "                  <service><member>service-https</member></service>",
          "                  <action>allow</action>",
          "                </entry>",
        ],
        tail: [
          "              </rules>",
          "            </security>",
          "          </rulebase>",
          "        </entry>",
          "      </vsys>",
          "    </entry>",
          "  </devices>",
          "</config>",
        ],
      }),
  },
  {
    id: "text",
    kind: "text",
    // A plain list has no groups and no rules.
    generate: (objects) => ({ text: `${prefixesOf(objects).join("\n")}\n`, list: "" }),
  },
];
