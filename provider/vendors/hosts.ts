/**
 * What the vendors' tables share for judging host names, base URLs and credentials. Values are untrusted: each is
 * bounded before it is looked at closely, and every pattern here runs in time linear in the length of the value.
 */
import { z } from "zod";

const hostLimit = 253; // RFC 1035 §2.3.4, without the root's dot
const labelLimit = 63;
const urlLimit = 2_048;
const credentialLimit = 4_096; // the longest tokens seen (JWT) have about 2,000 characters
const shownLimit = 80;

/** What a bare host name is for, and what is known to be wrong in it. */
export interface HostRule {
  /** What belongs here, as it reads after "give": `the host name of your instance`. */
  readonly what: string;
  readonly example: string;
  /**
   * True where `host:port` may be meant. A port is not refused then; warn about it.
   * @default false
   */
  readonly port?: boolean;
  /**
   * True where a product may stand under an address instead of a name. Not refused then; warn about it.
   * @default false
   */
  readonly address?: boolean;
  /** Why a well-formed host (lower case) cannot work all the same, with the right one. */
  readonly refuse?: (host: string) => string | undefined;
}

/** What a base URL is for. Always `https`, without user information, query string and fragment. */
export interface UrlRule extends HostRule {
  /** `optional` where the bare host is as good. @default "required" */
  readonly scheme?: "required" | "optional";
  /** Paths that are accepted beside none at all, without a trailing slash. @default none */
  readonly paths?: readonly string[];
  /** The way out for any other path. Gets path and host; the text follows `has the path "/x"; `. */
  readonly pathHint?: (path: string, host: string) => string;
}

/** A host name and nothing else: no scheme, port, path, white space or wildcard; at most 253 characters. */
export function bareHost(rule: HostRule): z.ZodType<string> {
  return schemaOf((value) => hostProblems(value, rule));
}

/** An `https` base URL; at most 2,048 characters. */
export function httpsUrl(rule: UrlRule): z.ZodType<string> {
  return schemaOf((value) => urlProblems(value, rule));
}

/** The host in lower case of a value that `bareHost` or `httpsUrl` accepted. */
export function hostOf(value: string): string {
  return placeOf(value).host.toLowerCase();
}

/** The port of a value that `bareHost` or `httpsUrl` accepted, if it names one. */
export function portOf(value: string): string | undefined {
  return placeOf(value).port;
}

/** True for an IPv4 address; an IPv6 address never gets as far as a warning. */
export function isAddress(host: string): boolean {
  return /^[0-9.]+$/.test(host);
}

/** Why an on-premises product under this host is probably out of reach for a caller in Microsoft's cloud. */
export function unreachable(host: string): string | undefined {
  if (isAddress(host)) {
    return `"${host}" is an address: the product's certificate must name it, and the address must be public, or Microsoft's callers do not get there`;
  }
  if (/\.(?:local|localdomain|internal|intranet|lan|corp|home|private|arpa)$/.test(host)) {
    return `"${host}" looks like a name that only your own network knows; Microsoft's callers have to resolve and reach it`;
  }
  return undefined;
}

/** Warning for a host of a product's government cloud. */
export function governmentCloud(host: string, cloud: string): string {
  return `"${host}" belongs to ${cloud}. By a public third-party summary, Microsoft Security Exposure Management is not offered in GCC, GCC High and DoD; make sure that your tenant has the data connector`;
}

/**
 * A credential or a part of one: not empty, at most 4,096 characters, no white space or invisible character around it
 * (pasted text drags them along), no control character in it. Messages never quote the value.
 */
export function credentialText(): z.ZodType<string> {
  return schemaOf(credentialProblems);
}

/** A user name for HTTP Basic authentication: as `credentialText`, and without a colon (RFC 7617 §2). */
export function basicUserName(): z.ZodType<string> {
  return schemaOf((value) => {
    const problems = credentialProblems(value);
    if (!value.includes(":")) return problems;
    return [...problems, "contains a colon, which HTTP Basic authentication cannot carry in a user name (RFC 7617)"];
  });
}

/**
 * A part of a credential that may be shown but has a typical form. Says nothing of the value, which may be a secret
 * that was put into the wrong argument.
 */
export function typically(form: RegExp, sentence: string): (value: string) => string | undefined {
  return (value) => (value.length <= credentialLimit && form.test(value) ? undefined : sentence);
}

/** Eight-four-four-four-twelve hexadecimal digits, in either case. */
export const uuidLike = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function schemaOf(judge: (value: string) => readonly string[]): z.ZodType<string> {
  return z.string().superRefine((value, context) => {
    for (const message of judge(value)) context.addIssue({ code: "custom", message });
  });
}

function credentialProblems(value: string): readonly string[] {
  if (value === "") return ["must not be empty"];
  if (value.length > credentialLimit) {
    return [`is ${value.length} characters long; the limit is ${credentialLimit}`];
  }
  if (value !== value.trim() || /^\p{Cf}|\p{Cf}$/u.test(value)) {
    return ["has white space or an invisible character at its start or end; remove it"];
  }
  if (/\p{Cc}/u.test(value)) return ["contains a line break or another control character; remove it"];
  return [];
}

function hostProblems(value: string, rule: HostRule): readonly string[] {
  const early = textProblem(value, rule, hostLimit + urlLimit);
  if (early !== undefined) return [early];
  const place = placeOf(value);
  const extras = [
    place.scheme === undefined ? undefined : "a scheme",
    place.port === undefined || rule.port === true ? undefined : "a port",
    place.path === "" ? undefined : "a path",
    place.tail ? "a query string or fragment" : undefined,
  ].filter((extra) => extra !== undefined);
  const wrong = wrongHost(place.host, rule);
  if (extras.length === 0) return wrong === undefined ? portProblem(place, value) : [wrong];
  const right = wrong === undefined ? place.host : rule.example;
  const stripped = `${shown(value)} has ${listed(extras)}; give the host name only${wrong === undefined ? "" : ", such as"} ${right}`;
  return wrong === undefined ? [stripped] : [stripped, wrong];
}

function urlProblems(value: string, rule: UrlRule): readonly string[] {
  const early = textProblem(value, rule, urlLimit);
  if (early !== undefined) return [early];
  const place = placeOf(value);
  const problems: string[] = [];
  const wrong = wrongHost(place.host, rule);
  const right = wrong === undefined ? `https://${place.host}/` : rule.example;
  if (place.scheme === undefined) {
    if (rule.scheme !== "optional") problems.push(`${shown(value)} has no scheme; write ${right}`);
  } else if (place.scheme !== "https" || !/^https:\/\//i.test(value)) {
    const why = place.scheme === "http" ? "is not encrypted (http)" : "does not start with https://";
    problems.push(`${shown(value)} ${why}; write ${right}`);
  }
  if (place.port !== undefined && rule.port !== true) {
    problems.push(`${shown(value)} names a port; write ${right}`);
  } else problems.push(...portProblem(place, value));
  if (place.tail) problems.push(`has a query string or fragment; write ${right}`);
  const path = place.path.endsWith("/") ? place.path.slice(0, -1) : place.path;
  if (path !== "" && !(rule.paths ?? []).includes(path.toLowerCase())) {
    const hint = wrong === undefined ? rule.pathHint?.(path.toLowerCase(), place.host) : undefined;
    problems.push(`${shown(value)} has the path ${quoted(path)}; ${hint ?? `write ${right}`}`);
  }
  if (wrong !== undefined) problems.push(wrong);
  return problems;
}

/** What makes a value unreadable as a place, so that nothing else needs saying. */
function textProblem(value: string, rule: HostRule, limit: number): string | undefined {
  const give = `give ${rule.what}, such as ${rule.example}`;
  if (value === "") return `must not be empty; ${give}`;
  if (value.length > limit)
    return `is ${value.length} characters long, far more than a host name (${hostLimit}); ${give}`;
  // An "@" anywhere: a password may itself hold "/", so that the part before it cannot be told from a host.
  if (value.includes("@")) {
    return `holds user information (what stands before "@"), which has arguments of its own here; ${give}`;
  }
  if (/\s/.test(value)) return `${shown(value)} has white space in or around it; remove it`;
  return undefined;
}

function wrongHost(host: string, rule: HostRule): string | undefined {
  const give = `give ${rule.what}, such as ${rule.example}`;
  if (host === "") return `names no host; ${give}`;
  if (host.length > hostLimit) return `has a host name of ${host.length} characters; the limit is ${hostLimit}`;
  if (host.includes("*")) return `${quoted(host)} has a wildcard; ${give}`;
  if (host.includes(":") || host.startsWith("[")) return `${quoted(host)} is no host name; ${give}`;
  if (host.endsWith(".")) return `${quoted(host)} ends with a dot; leave it out`;
  const labels = host.split(".");
  const bad = labels.find((label) => label.length > labelLimit || !/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i.test(label));
  if (bad !== undefined) {
    const what = bad === "" ? "an empty part (two dots in a row, or a dot at the start)" : `the part ${quoted(bad)}`;
    return `${quoted(host)} is no host name: ${what}; a part has letters, digits and hyphens within, at most ${labelLimit}`;
  }
  if (isAddress(host)) {
    const isIpv4 =
      labels.length === 4 && labels.every((label) => /^(?:0|[1-9]\d{0,2})$/.test(label) && Number(label) <= 255);
    if (!isIpv4) return `${quoted(host)} is neither a host name nor an IPv4 address; ${give}`;
    if (rule.address !== true) return `${quoted(host)} is an address; ${give}`;
    return undefined;
  }
  const refused = rule.refuse?.(host.toLowerCase());
  if (refused !== undefined) return refused;
  if (labels.length === 1) return `${quoted(host)} is no full host name; ${give}`;
  return undefined;
}

function portProblem(place: Place, value: string): readonly string[] {
  if (place.port === undefined) return [];
  const valid = /^[1-9]\d{0,4}$/.test(place.port) && Number(place.port) <= 65_535;
  return valid ? [] : [`${shown(value)} has a port that is no number from 1 to 65535`];
}

/** The parts of a value, whether it is a host, a URL or a slip of either. Nothing is normalised. */
interface Place {
  /** Lower case. */
  readonly scheme?: string;
  readonly host: string;
  readonly port?: string;
  /** Empty, or from the first slash on. */
  readonly path: string;
  /** A query string or a fragment follows. */
  readonly tail: boolean;
}

/** By hand, because `URL` repairs what we want to point out (backslashes, line breaks, letter case, ports). */
function placeOf(value: string): Place {
  const head = /^(?:([a-z][a-z0-9+.-]{0,20}):)?[/\\]{1,3}/i.exec(value);
  const rest = head === null ? value : value.slice(head[0].length);
  const end = rest.search(/[/\\?#]/);
  const authority = end === -1 ? rest : rest.slice(0, end);
  const behind = end === -1 ? "" : rest.slice(end);
  const tailAt = behind.search(/[?#]/);
  const colon = authority.indexOf(":");
  const hasPort = colon !== -1 && colon === authority.lastIndexOf(":");
  return {
    ...(head === null ? {} : { scheme: (head[1] ?? "").toLowerCase() }),
    host: hasPort ? authority.slice(0, colon) : authority,
    ...(hasPort ? { port: authority.slice(colon + 1) } : {}),
    path: tailAt === -1 ? behind : behind.slice(0, tailAt),
    tail: tailAt !== -1,
  };
}

/** The value as a message may show it: a query string might carry a secret. */
function shown(value: string): string {
  return /[?#]/.test(value) ? "the value" : quoted(value);
}

/** In quotes, cut, and with anything but printable ASCII escaped, so that look-alike letters stand out. */
function quoted(value: string): string {
  const cut = value.length > shownLimit ? `${value.slice(0, shownLimit)}…` : value;
  const printable = cut.replace(/[^\x20-\x7e…]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `"${printable}"`;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;
}
