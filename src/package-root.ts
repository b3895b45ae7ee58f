/**
 * The folder of this package, with its `package.json`, `bin`, `config` and what pages link to. Its sources and what packing
 * makes of them are each in a folder below it, and files are found from here only.
 */
export const packageRoot = new URL('../', import.meta.url);
