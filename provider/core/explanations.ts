/**
 * Every code that an error of ours carries, explained: the one table. `msem explain` prints it, `docs/troubleshooting.md`
 * is made from it (`npm run generate`), and the type `ErrorCode` is its keys, so that no error can have a code that is
 * not explained. Codes are stable: scripts match on them. Texts may improve.
 */

/** What a person should know who meets a code. Sentences, with `code` in backticks. */
export interface Explanation {
  /** What it means, as a phrase. */
  readonly title: string;
  /** What leads to it, the most frequent first. */
  readonly causes: readonly string[];
  /** What to do, in the order in which to try it. */
  readonly waysOut: readonly string[];
  /** Pages beside the troubleshooting page that say more. */
  readonly pages?: readonly string[];
}

export const explanations = table({
  MSEM_INVALID: {
    title: "what was given cannot work",
    causes: [
      "An argument, an option or a file is wrong, or two of them contradict each other. All problems are listed at once, each with its path; nothing was sent anywhere.",
      "A host name is that of a web console instead of its API, a credential holds a line break that was pasted along, a reference names an environment variable or a file that is not there.",
      "A file is not what it is taken for: a web page that was saved instead of the download, a configuration that was cut off, a list by a name that the file does not have.",
    ],
    waysOut: [
      "Mend what the message names; where it offers close names, one of them is usually meant.",
      "For `msem check` and `msem render` name the format with `--vendor` when the content does not tell it.",
    ],
    pages: ["connectors.md", "firewalls.md"],
  },
  MSEM_CONFIGURATION: {
    title: "the tool itself is not set up",
    causes: [
      "There is no endpoint or no token: `msem:endpoint` and `msem:token` (or `msem:scope`) are neither in the stack's configuration nor in `MSEM_ENDPOINT`, `MSEM_TOKEN` and `MSEM_SCOPE`.",
      "An address is not https (plain http is for this machine only), or holds a user name, a query or a fragment.",
      "A token holds a line break or quotes, a number of seconds or days is out of its limits, or `msem verify --stack` finds no `pulumi` on the `PATH`.",
    ],
    waysOut: [
      "Set what is missing; the message names the setting and the variable.",
      "To try it without a tenant run `npx msem emulator`: it prints an endpoint and tokens.",
      "To have a person connect in Microsoft's portal run `pulumi config set msem:driver portal`: that needs neither.",
    ],
    pages: ["getting-started.md", "permissions.md", "portal.md"],
  },
  MSEM_REFERENCE: {
    title: "a secret by reference could not be obtained",
    causes: [
      "The environment variable of `fromEnvironment` is set in your shell, but not where `pulumi` runs.",
      "The file of `fromFile` is missing, empty, not a file, or longer than 64 KiB; a relative path starts from the folder of the program.",
      "The command of `fromCommand` ended with an error, printed too much, or waited for input: it gets none.",
      "The identity may not read the secret in Key Vault, or the vault's firewall refuses this machine.",
    ],
    waysOut: [
      "Read the secret by hand with the same identity on the same machine, for example with `az keyvault secret show`.",
      "For Key Vault give the identity the role Key Vault Secrets User on that one secret.",
    ],
    pages: ["security.md", "permissions.md"],
  },
  MSEM_UNAUTHENTICATED: {
    title: "nobody is signed in (401)",
    causes: [
      "The token is stale or of another audience, or the product does not accept the credential.",
      "On `refresh` and `destroy` Pulumi uses the configuration of the last `up`: a token that is stored there may be an old one.",
      "The machine offers Microsoft Entra no identity: no `az login`, no workload identity.",
      "Some products answer alike for a wrong credential and for an address that is not allowed.",
    ],
    waysOut: [
      "Renew the token. One that is rotated often belongs into the environment or a reference, not into the configuration.",
      "Ask the product itself with `msem verify`: it tells a bad credential from a blocked address where the product does.",
    ],
    pages: ["permissions.md", "preflight.md"],
  },
  MSEM_FORBIDDEN: {
    title: "signed in, but not allowed (403)",
    causes: [
      "The identity has none of the roles that may do this. To connect, change or disconnect takes Global Administrator, Security Administrator or Security Operator, or a permission of unified RBAC; the message names them.",
      "A product's account lacks a right, or the product does not let this machine's address in.",
      "Microsoft Graph's hunting takes `ThreatHunting.Read.All`.",
    ],
    waysOut: [
      "Compare the identity's roles with the table of permissions.",
      "For a product's own list use an administrator's credential: the connector's own should not have that right.",
    ],
    pages: ["permissions.md"],
  },
  MSEM_NOT_FOUND: {
    title: "it is not there (404)",
    causes: [
      "Somebody removed the connection after the last refresh.",
      "The endpoint's path is wrong, a replica of the service lags behind, or the operation that was waited for is forgotten.",
      "`.get()` was given an id that nobody has, or asks for something that exists in its stack only, such as ranges or verdicts.",
    ],
    waysOut: ["Run `pulumi up --refresh`: it notices what is gone and makes it anew.", "For `.get()` look up the id."],
  },
  MSEM_CONFLICT: {
    title: "something else stands against it (409)",
    causes: [
      "Another connection has that name. Names are unique in a tenant, without regard to case.",
      "Another change of the same object is under way.",
      "Another `msem allowlist` works with the same state file.",
    ],
    waysOut: ["Choose another name, or rename the holder.", "Run it again when the other change is done."],
  },
  MSEM_PRECONDITION: {
    title: "somebody else keeps changing the same thing (412)",
    causes: [
      "Between reading and writing another writer was faster, at each of a bounded number of attempts: another stack, a script, a person.",
    ],
    waysOut: [
      "Find the other writer, then run it again: what is there is read anew, and nothing of theirs was undone.",
    ],
  },
  MSEM_THROTTLED: {
    title: "too many requests (429)",
    causes: [
      "The budget of requests is used up, also by others who use the same account. It was tried again as often and as long as the service asked, within the time of the request.",
    ],
    waysOut: [
      "Run it again after the time that the message names: what is done already is kept.",
      "Raise `msem:requestTimeoutSeconds` where the service asks for longer waits.",
    ],
  },
  MSEM_REJECTED: {
    title: "the service refuses the request (another 4xx)",
    causes: [
      "The service takes a value for wrong that passed our own checks; its own problems stand in the message, each with its place.",
      "A proxy answered instead, or wants to be signed in to (407).",
    ],
    waysOut: ["Mend what the service names.", "Ask its operator, with the request id of the message."],
  },
  MSEM_UNAVAILABLE: {
    title: "the service is in trouble (5xx)",
    causes: ["The service, or a gateway before it, failed at each of a bounded number of attempts."],
    waysOut: [
      "Run it again later: what is done already is kept.",
      "Ask its operator, with the request id of the message.",
    ],
  },
  MSEM_TIMEOUT: {
    title: "it took too long",
    causes: [
      "The service is overloaded, or a firewall drops the traffic silently.",
      "An operation is not finished within its time; it may still finish.",
    ],
    waysOut: [
      "Run it again: the next run finds out what took effect and carries on from there.",
      "Raise `msem:requestTimeoutSeconds` (30) or `msem:operationTimeoutSeconds` (300).",
    ],
  },
  MSEM_NETWORK: {
    title: "there was no connection, or it broke off",
    causes: [
      "The name does not resolve (`ENOTFOUND`), nothing listens there (`ECONNREFUSED`), or a firewall is in between.",
      "A proxy is needed and not set, or an inspecting proxy shows a certificate that is not trusted here.",
    ],
    waysOut: [
      "Check the address, DNS and firewall; set `HTTPS_PROXY` and `NO_PROXY` where a proxy is needed.",
      "Name the proxy's root certificate in `NODE_EXTRA_CA_CERTS`. Never switch the check of certificates off.",
    ],
  },
  MSEM_PROTOCOL: {
    title: "the answer is not what it should be",
    causes: [
      "Something else answered: a sign-in page, a proxy, the console instead of the API. HTML and cut-off JSON come from there.",
      "The endpoint is not the Connection API itself, or speaks another version of it.",
      "A weekly file is of another cloud or of another kind than was asked for.",
    ],
    waysOut: [
      "Open the address that the message names from the same machine, and look at what answers.",
      "For ranges name another source (`--source`, `--ranges`), such as a file that was downloaded by hand.",
    ],
    pages: ["connection-api.md"],
  },
  MSEM_CONNECTION_FAILED: {
    title: "the connection exists, but does not work",
    causes: [
      "The service could not reach the product, or the product refused the credential. The class of the failure (`Unauthorized`, `Forbidden`, …) begins the reason; see the table below.",
      "After a change of an allowlist a connection's test from the service failed.",
    ],
    waysOut: [
      "Mend the cause at the product, then run `pulumi up` again: it sends the credential anew, and has it tested.",
      "With `credentialVersion` set, raise it: with the same version the stored secret is sent again.",
      'Let `preflight: "require"` find such credentials before anything is sent.',
    ],
    pages: ["preflight.md", "allowlists.md"],
  },
  MSEM_INGESTION: {
    title: "no data arrives",
    causes: [
      '`ConnectorHealth` with `onStalled: "fail"` found no data of this product in the exposure graph for longer than its grace period (72 hours unless told).',
      "The connector is connected, but its credential sees nothing, or an allowlist lets the check through and Microsoft's newer addresses not.",
    ],
    waysOut: [
      "Check the scope of the credential with `msem verify`, and the allowlists with `msem check` or `msem allowlist drift`.",
      "Look at the connector's own page in the portal: it shows the last run.",
    ],
    pages: ["preflight.md", "allowlists.md"],
  },
  MSEM_NOT_OWNED: {
    title: "it belongs to someone else",
    causes: [
      "A connection of that name exists and carries the marks of another stack, or none. The message names the owner.",
      "Somebody else took over a connection that this stack had made.",
    ],
    waysOut: [
      "Choose another name, or remove it from one of the two programs.",
      "`adopt: true` takes it over, with its settings and credential. Remove the option afterwards.",
    ],
    pages: ["security.md"],
  },
  MSEM_OTHER_TENANT: {
    title: "this state is of another tenant, endpoint or list",
    causes: [
      "The endpoint or the token is that of another tenant than the one in which the stack's connections were made. Nothing was changed, and nothing was taken for gone.",
      "A state file of `msem allowlist` is used for another list than its own.",
    ],
    waysOut: [
      "Select the stack's own endpoint and token, or give the other tenant a stack or an `msem.Provider` of its own.",
      "For `msem allowlist` name another file with `--state`.",
    ],
  },
  MSEM_PREFLIGHT: {
    title: "the product itself says no; nothing was sent to the service",
    causes: [
      'With `preflight: "require"` a check at the product failed. Its result (`denied`, `missingScope`, …), the product\'s own words and what to do stand in the message.',
      "The checks ran from this machine, not from Microsoft's addresses: where the product restricts addresses, that may be all.",
    ],
    waysOut: [
      "Do what the line of the check says, and try it with `msem verify` without a deployment.",
      '`preflight: "warn"` goes on all the same.',
    ],
    pages: ["preflight.md"],
  },
  MSEM_REFUSED: {
    title: "a guard holds: it could be done, but would make things worse",
    causes: [
      "The published list went back, emptied, exploded or holds addresses that cannot be right. The guard's name stands behind the code.",
      "A change of a product's list would shut somebody out: this machine, everybody else, or other people's entries. The rule's name begins its line.",
      "A change of a configuration would not fit, or would leave a list empty that then admits everybody.",
      "The portal driver would forget connections that a service goes on with.",
    ],
    waysOut: [
      "Nothing was changed. Read the measured figure and the limit, and wait for the next weekly file where the list is wrong.",
      'Where it is right after all, the message names the option that lets this one step through. `onRefused: "keepLast"` goes on with the list accepted last.',
      "In a pipeline this is exit code 3, apart from drift (2) and errors (1).",
    ],
    pages: ["allowlists.md", "ci.md", "portal.md"],
  },
  MSEM_DRIFT: {
    title: "what was judged differs from what is wanted",
    causes: [
      'A `FirewallAllowlist` with `onDrift: "fail"` judged a configuration that lacks prefixes. The message counts and names them.',
    ],
    waysOut: [
      "Apply what `msem render` prints, export the configuration again, and run it again.",
      'Use `onDrift: "warn"` where the output `remediation` is applied by the same program.',
      "In a pipeline this is exit code 2.",
    ],
    pages: ["firewalls.md", "ci.md"],
  },
  MSEM_FAULT: {
    title: "a mistake of ours, or a state that was edited",
    causes: [
      "A newer release wrote the state. Then the message says so.",
      "Somebody edited the state by hand.",
      "Otherwise it is a bug of pulumi-msem.",
    ],
    waysOut: [
      "Install the release that wrote the state, or a later one; or restore the state from a backup.",
      "Report a bug with the message and the stack trace. There is no secret in them; look all the same.",
    ],
  },
});

/** Keeps the keys as a type without repeating all texts in the declarations of the package. */
function table<Code extends string>(entries: Readonly<Record<Code, Explanation>>): Readonly<Record<Code, Explanation>> {
  return entries;
}
