/** Microsoft's published service tags: the weekly file's schema, and one tag out of it. Pure. */

export { parseServiceTags, type RawTag, type ServiceTagDocument } from "./parse";
export { type ResolvedTag, resolveServiceTag } from "./resolve";
export { serviceTagFileSchema, serviceTagSchema } from "./schema";
