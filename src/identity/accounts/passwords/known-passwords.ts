/** How passwords are compared with what is known: neither case nor a look-alike form of a character makes another one. */
export function comparable(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

let loaded: Promise<ReadonlySet<string>> | undefined;

/** The passwords that attackers try first. Read at the first call; most processes never set a password. */
export function loadKnownPasswords(): Promise<ReadonlySet<string>> {
  loaded ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common'].map(comparable)),
  );
  return loaded;
}
