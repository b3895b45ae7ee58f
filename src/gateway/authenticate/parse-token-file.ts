import type { UserInfo } from '../../kube/index.ts';

/** A line of a token file. */
export interface TokenOfFile {
  readonly token: string;
  readonly user: UserInfo;
}

/** A field in quotation marks, where two of them are one; or one without. And what ends it. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;

/**
 * Reads kube-apiserver's token file: CSV with the columns token, user name, user uid and, if there is a fourth, groups
 * (several in quotation marks, with commas between them). Empty lines are passed over.
 * Source: Kubernetes apiserver/pkg/authentication/token/tokenfile.
 * @throws Error that names file and line
 */
export function parseTokenFile(text: string, file: string): TokenOfFile[] {
  const lines = text.split(/\r?\n/).map((line, index) => ({ line, place: `${file}:${index + 1}` }));
  return lines.filter(({ line }) => line !== '').map(({ line, place }) => parseLine(line, place));
}

function parseLine(line: string, place: string): TokenOfFile {
  const fields = splitFields(line, place);
  const [token = '', username = '', uid = '', groups = ''] = fields;
  if (fields.length < 3)
    throw new Error(
      `${place}: expected token,user name,user uid[,"group,group"]; found ${fields.length} columns`,
    );
  if (token === '' || username === '')
    throw new Error(`${place}: the token and the user name must not be empty`);
  return {
    token,
    user: {
      username,
      ...(uid === '' ? {} : { uid }),
      groups: groups.split(',').filter((group) => group !== ''),
    },
  };
}

function splitFields(line: string, place: string): string[] {
  const fields: string[] = [];
  FIELD.lastIndex = 0;
  for (let end = ','; end === ','; ) {
    const match = FIELD.exec(line);
    if (match === null) throw new Error(`${place}: a quotation mark is out of place`);
    fields.push((match[1]?.replaceAll('""', '"') ?? match[2] ?? '').trim());
    end = match[3] ?? '';
  }
  return fields;
}
