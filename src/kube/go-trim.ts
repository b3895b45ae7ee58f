/**
 * A text without those of `characters` that it begins or ends with, as Go's strings.Trim. In one look at each character:
 * a regular expression that looks for the end of the text begins anew at each of them.
 */
export function goTrim(text: string, characters: string): string {
  let start = 0;
  while (start < text.length && characters.includes(text.charAt(start))) start++;
  return goTrimRight(text.slice(start), characters);
}

/** The same at the end only, as Go's strings.TrimRight. */
export function goTrimRight(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}
