/** How deep an object may be nested: the walks over objects are recursive and have only the stack. */
export const maxDepth = 200;
