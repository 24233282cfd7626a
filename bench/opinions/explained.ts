/**
 * Differences that were looked into: whose reading the device shares, and why. By `FORMAT/FIXTURE LIST: DIFFERENCE`, so
 * that another difference is not taken for this one; and by `FORMAT/FIXTURE` why fwshift does not read a file, or does
 * not have all of its lists.
 */

const cut = "cut off on purpose; fwshift reads whole files only";
const unused = "fwshift keeps the objects that rules use, and these are used by none";
const wholeOrNothing =
  "one member cannot be read: fwshift drops the whole list, we keep the others and leave that one open";
const noWildcards = "fwshift does not read wildcards";
const byName = "an external list: a name with fwshift, a list without known members with us";
const everyAddress = "fwshift takes what it cannot read for every address; we leave it open";

export const explained: Readonly<Record<string, string>> = {
  "aws-sg/rules.json": "the answer of describe-security-group-rules, which fwshift does not take",
  "aws-sg/unknown.json sg-0f00000000000001/tcp/443: 3.40e+38 more": `198.51.100.300/32 is no prefix: ${everyAddress}`,
  "aws-sg/unknown.json": "a permission without a protocol: fwshift takes it for all services, we know no name for it",

  "azure-nsg/rules.json": "the answer of `az network nsg rule list`, which fwshift does not take",
  "azure-nsg/tags.json": "the tag itself, which is a list of ours only",
  "azure-nsg/tags.json internet/deny-internet: 3.37e+38 fewer":
    "`Internet` is a name to fwshift; Azure documents it as every address outside of private space",
  "azure-nsg/tags.json open/allow-internet: 3.37e+38 fewer":
    "`Internet` is a name to fwshift; Azure documents it as every address outside of private space",
  "azure-nsg/tags.json no-source/allow-nothing: 3.40e+38 more": `Azure refuses a rule without a source: ${everyAddress}`,
  "azure-nsg/tags.json both/allow-both: 3.40e+38 more": `Azure refuses both fields of sources together: ${everyAddress}`,
  "azure-nsg/template.json":
    "the rules of one group are an expression: fwshift refuses the file, we leave that group open",

  "checkpoint/cut.txt": cut,
  "checkpoint/doubt.json": unused,
  "checkpoint/policy.json": unused,
  "checkpoint/policy.json SMC User/ms-1: 16 fewer":
    "`subnet6` is there and empty, as the management server writes it: fwshift takes the object for one that is not whole",
  "checkpoint/policy.json SCUBA: 16 fewer": "it holds ms-1, above",

  "cisco-asa/edge.cfg SCUBA-SOURCES: 64 fewer":
    "`network-object poller-net 255.255.255.192`: the device puts the address of the `name` line there; fwshift drops the member",

  "cisco-ios/show.txt": "what `show` commands print; fwshift reads running configurations only",
  "cisco-ios/unknown.cfg MIXED: 1 fewer": wholeOrNothing,
  "cisco-ios/unknown.cfg BROKEN: 1 fewer": wholeOrNothing,
  "cisco-ios/unknown.cfg LOOP-A: 33 fewer": "groups in each other: fwshift leaves both empty, we read each member once",
  "cisco-ios/unknown.cfg LOOP-B: 33 fewer": "groups in each other: fwshift leaves both empty, we read each member once",

  "fortios/edge.conf HOLED: 8 more": "fwshift does not take the excluded members out, and says so",
  "fortios/edge.conf PATTERN: 512 fewer": noWildcards,
  "fortios/edge.conf odd: 512 fewer": noWildcards,
  "fortios/torn.conf": cut,
  "fortios/unknown.conf": "`rename` gives a group this name; fwshift does not follow it",
  "fortios/unknown.conf BROKEN: 1 more":
    "an IPv6 prefix in `firewall address`: the device refuses it; fwshift takes it, we leave it open",
  "fortios/unknown.conf DYNAMIC: 255 more":
    "the subnet of an interface-subnet follows the interface: fwshift takes the one in the file, we leave it open",
  "fortios/unknown.conf HOLED-BY-NAME: 1 more":
    "the excluded member is a name: fwshift takes nothing out, we leave the rest open",
  "fortios/unknown.conf USER: 32 more, 1 fewer":
    "a member was renamed, and the group's reference with it; fwshift does not follow `rename`",
  "fortios/unknown.conf RETYPED: 4294967295 more":
    "`set type ipmask` without a subnet: fwshift takes the default, which is every address; we leave it open",

  "gcp-firewall/everybody.json": "one rule, as `describe` prints it; fwshift takes lists only",
  "gcp-firewall/odd.json": "rules without what the API always gives; fwshift does not take them for rules",
  "gcp-firewall/tags.json tags-or-ranges (edge): 3.40e+38 more": `who has the tag is not in the file: ${everyAddress}`,
  "gcp-firewall/torn-ranges.txt": cut,
  "gcp-firewall/torn.txt": cut,

  "iptables/commands.sh.txt": "commands; fwshift reads what iptables-save prints",
  "iptables/gateway.rules": "the sets of `ipset save` are in the file; fwshift reads what iptables-save prints alone",
  "iptables/unknown.rules": "chains: fwshift has no lists here, and unfolds them into the rules of FORWARD",

  "junos/filter.set": "`insert`: fwshift reads what `show` prints, we follow commands too",
  "junos/groups.conf": "`delete:`: fwshift reads what `show` prints, we follow files for `load` too",
  "junos/srx.conf":
    "a zone with a book of its own and an attached one, which a device refuses: we take the zone's own first",
  "junos/srx.set": unused,
  "junos/srx.set global/HOSTBITS: 8 fewer": "host bits: the device clears them; fwshift does not read the address",
  "junos/srx.set global/EAST: 8 fewer": "it holds HOSTBITS, above",
  "junos/srx.set global/SCUBA: 8 fewer": "it holds EAST, above",

  "nftables/commands.sh.txt": "commands of a shell; fwshift reads what `nft list ruleset` prints",
  "nftables/families.nft ip6 filter/scuba: 16777232 more, 1.84e+19 fewer":
    "sets of one name in two tables: fwshift calls this one `filter-scuba`, what it calls `scuba` is the other one",
  "nftables/families.nft ip6 asleep/scuba: 16777232 more, 1.84e+19 fewer":
    "a table that is dormant: fwshift does not keep its sets, what it calls `scuba` is that of another table",
  "nftables/gateway.json.txt": unused,
  "nftables/gateway.nft": unused,
  "nftables/hand.nft":
    "sets that no rule uses or that are empty, concatenations, and variables, which are lists of ours only",
  "nftables/included.nft": "`include`: fwshift refuses the file, we leave everything undecided",
  "nftables/old.json.txt": unused,
  "nftables/unknown.nft": "a variable that is not in the file: fwshift refuses the file, we leave it open",

  "opnsense/doubt.xml MIXED: 256 fewer": wholeOrNothing,
  "opnsense/doubt.xml STRANGE: 256 fewer": wholeOrNothing,
  "opnsense/edge.xml WILD: 512 fewer": noWildcards,
  "opnsense/edge.xml RANGE: 16 more":
    "`!` before a range is a name to the device, which may take anything out: fwshift passes it over, we leave all open",

  "panos-set/firewall.set": byName,
  "panos-set/firewall.set WILD: 4 fewer": noWildcards,
  "panos-set/firewall.set SCUBA: 4 fewer": "it holds WILD, above",
  "panos-set/rules.set": byName,

  "panos-xml/firewall.xml shared/A: 64 more, 256 fewer":
    "fwshift reads vsys1, which has an A of its own; ours of that name agrees",

  "pfsense/aliases.xml": cut,
  "pfsense/doubt.xml TWICE: 256 more": "two aliases of one name: fwshift takes one of them, we leave both open",
  "pfsense/edge.xml EAST: 32 fewer": "a range: pfSense reads it in an alias of networks; fwshift does not",
  "pfsense/edge.xml SCUBA: 32 fewer": "it holds EAST, above",
};
