/** Products that give a token for a while: signs in when it is needed, and again after a refusal. */
import type { Authorization, Authorize } from "./dialect";

export interface SignIn extends Authorization {
  /** Milliseconds that it holds, by the product's word. */
  readonly goodForMs: number;
}

/** Given up this long before its end, as a part of its life: clocks differ, and a request takes its time. */
const margin = 0.1;

/** Keeps what a sign-in gave until shortly before its end, or until the product refuses it. */
export function keepSignedIn(signIn: () => Promise<SignIn>, now: () => number): Authorize {
  let kept: { readonly authorization: Authorization; readonly until: number } | undefined;
  return async (refresh) => {
    if (!refresh && kept !== undefined && now() < kept.until) return kept.authorization;
    const { goodForMs, ...authorization } = await signIn();
    kept = { authorization, until: now() + goodForMs * (1 - margin) };
    return authorization;
  };
}
