/**
 * Who may do what: the one table. The server decides; the client uses it only to word a refusal. Template ids are
 * Microsoft Entra's, found in the `wids` claim of a token. Unified RBAC permissions (Exposure Management (manage),
 * Core security settings (manage)) grant access without any of these roles, so a look into the token never decides.
 */
export const roles = {
  globalAdministrator: {
    displayName: "Global Administrator",
    id: "62e90394-69f5-4237-9190-012177145e10",
    access: "write",
  },
  securityAdministrator: {
    displayName: "Security Administrator",
    id: "194ae4cb-b126-40b2-bd5b-6091b380977d",
    access: "write",
  },
  securityOperator: { displayName: "Security Operator", id: "5f2222b1-57c3-48ba-8ad5-d4759f1fde6f", access: "write" },
  globalReader: { displayName: "Global Reader", id: "f2ef992c-3afb-46b9-b7cf-a126ee74c451", access: "read" },
  securityReader: { displayName: "Security Reader", id: "5d6b6bb7-de71-4623-b4af-96380a352509", access: "read" },
} as const;

export type RoleName = keyof typeof roles;
export type Access = "read" | "write";

/** True when a token with these template ids may read, or write. Writing includes reading. */
export function allows(wids: readonly string[], access: Access): boolean {
  return Object.values(roles).some((role) => wids.includes(role.id) && (access === "read" || role.access === "write"));
}

/** The roles among these template ids. */
export function rolesOf(wids: readonly string[]): (typeof roles)[RoleName][] {
  return Object.values(roles).filter(({ id }) => wids.includes(id));
}

/**
 * What a person needs to be allowed this, with all five roles in it, as sentences. Unified RBAC's permissions are those
 * of Microsoft's prerequisites page; the page of 2026 names Core security settings (manage) for vendor configurations.
 */
export function adviceFor(access: Access): string {
  const enough = rolesFor(access).join(", ");
  if (access === "read") {
    return `To view data connectors takes one of the roles ${enough}, or the unified RBAC permission Exposure Management (read) or (manage).`;
  }
  const readers = Object.values(roles).filter((role) => role.access === "read");
  const names = readers.map(({ displayName }) => displayName).join(" and ");
  return `To connect, change or disconnect takes one of the roles ${enough} (${names} may only view), or the unified RBAC permission Core security settings (manage) or Exposure Management (manage).`;
}

/** The roles that would do, for a message. */
export function rolesFor(access: Access): readonly string[] {
  return Object.values(roles)
    .filter((role) => access === "read" || role.access === "write")
    .map((role) => role.displayName);
}
