const PEOPLE = /^(?:curl|Wget|Mozilla\/5\.0)/;
/** What Go's strconv.ParseBool takes for true. */
const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);

/**
 * Whether an answer's JSON is to be indented: as asked, else for people at a terminal or in a browser.
 * Source: Kubernetes apiserver/pkg/endpoints/handlers/negotiation/negotiate.go isPrettyPrint.
 * @param pretty the query parameter of that name; '' when absent
 */
export function wantsPretty(pretty: string, userAgent: string | undefined): boolean {
  return pretty === '' ? PEOPLE.test(userAgent ?? '') : TRUE.has(pretty);
}
