/** `1 second`, `15 seconds`, in the words of a language. @param lang BCP 47 */
export function secondsText(lang: string, seconds: number): string {
  return new Intl.NumberFormat(lang, { style: 'unit', unit: 'second', unitDisplay: 'long' }).format(seconds);
}
