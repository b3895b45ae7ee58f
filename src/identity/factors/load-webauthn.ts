type Library = typeof import('@simplewebauthn/server');

let loaded: Promise<Library> | undefined;

/** Reads the library at the first passkey: it is a fifth of what a start would take, and of the memory. */
export function loadWebAuthn(): Promise<Library> {
  loaded ??= import('@simplewebauthn/server').then((library) => {
    askQuietly(library);
    return library;
  });
  return loaded;
}

/**
 * Has the library ask now whether this Node.js knows post-quantum signatures; it asks once. Node.js warns of the question,
 * in the middle of the log, and nobody here can do anything about it. Other warnings are not touched.
 */
function askQuietly({ SettingsService }: Library): void {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    SettingsService.runtimeSupportsPQC();
  } finally {
    process.emitWarning = emitWarning;
  }
}
