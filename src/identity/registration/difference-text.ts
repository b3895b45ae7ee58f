type Description = Readonly<Record<string, unknown>>;

/** Characters of one value: whoever needs all of it has the object. */
const longest = 500;

/** What differs between two descriptions, key by key; undefined when nothing does. */
export function differenceText(before: Description, after: Description): string | undefined {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changes = keys.flatMap((key) => {
    const [was, is] = [valueText(before[key]), valueText(after[key])];
    if (was === is) return [];
    return [was === '' ? `${key}: ${cut(is)}` : `${key}: ${cut(was)} -> ${cut(is === '' ? 'absent' : is)}`];
  });
  return changes.length === 0 ? undefined : changes.join('; ');
}

/** What says nothing has no text. */
function valueText(value: unknown): string {
  if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) return '';
  return JSON.stringify(value);
}

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
