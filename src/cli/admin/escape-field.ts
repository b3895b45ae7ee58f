/** A value in a field selector. Source: apimachinery/pkg/fields EscapeValue. */
export function escapeField(text: string): string {
  return text.replaceAll(/[\\,=]/g, (character) => `\\${character}`);
}
