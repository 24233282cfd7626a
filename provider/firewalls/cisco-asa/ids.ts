/** Ids of sets: objects and groups have names of their own. */

export const groupId = (name: string): string => `object-group:${name}`;
export const objectId = (name: string): string => `object:${name}`;
