import { goQuote } from '../../kube/index.ts';
import { asJsonObject, asText } from '../schema/index.ts';

/**
 * What Kubernetes' client says of an answer that is no success: the message of a Status, else what the code means.
 * Source: client-go/rest/request.go Result.Error, apimachinery/pkg/api/errors NewGenericServerResponse.
 */
export function refusalText(code: number, contentType: string, body: string): string {
  const status = asJsonObject(parsed(body));
  const message = asText(status['message']);
  if (status['kind'] === 'Status' && status['status'] === 'Failure' && message !== undefined) return message;
  const said = contentType.startsWith('text/') ? body.trim() : 'unknown';
  if (code === 403) return said;
  const known = meanings.get(code);
  if (known !== undefined) return known;
  return code >= 500
    ? `an error on the server (${goQuote(said)}) has prevented the request from succeeding`
    : `the server responded with the status code ${code} but did not return more information`;
}

const meanings: ReadonlyMap<number, string> = new Map([
  [400, 'the server rejected our request for an unknown reason'],
  [401, 'the server has asked for the client to provide credentials'],
  [404, 'the server could not find the requested resource'],
  [405, 'the server does not allow this method on the requested resource'],
  [409, 'the server reported a conflict'],
  [422, 'the server rejected our request due to an error in our request'],
  [429, 'the server has received too many requests and has asked us to try again later'],
  [503, 'the server is currently unable to handle the request'],
  [
    504,
    'the server was unable to return a response in the time allotted, but may still be processing the request',
  ],
]);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
