/**
 * The name of a member that occurs twice in one object of a JSON text, at any depth, or undefined.
 * The text must be valid JSON. Two readers of a token may take different ones of two equal members
 * (RFC 7519 §4 lets a reader refuse); one that refuses cannot be played against another.
 */
export function duplicateMember(json: string): string | undefined {
  // One entry per open object (its names so far) or array (undefined).
  const open: (Set<string> | undefined)[] = [];
  let nameExpected = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '{') {
      open.push(new Set());
      nameExpected = true;
    } else if (character === '[') {
      open.push(undefined);
      nameExpected = false;
    } else if (character === '}' || character === ']') {
      open.pop();
      nameExpected = false;
    } else if (character === ',') {
      nameExpected = open.at(-1) !== undefined;
    } else if (character === '"') {
      const end = closingQuote(json, at);
      const names = open.at(-1);
      if (nameExpected && names !== undefined) {
        const name = String(JSON.parse(json.slice(at, end + 1)));
        if (names.has(name)) return name;
        names.add(name);
      }
      nameExpected = false;
      at = end;
    }
  }
  return undefined;
}

function closingQuote(json: string, opening: number): number {
  let at = opening + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}
