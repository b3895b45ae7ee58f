import type { ServerResponse } from 'node:http';
import type { Answer } from './ask.ts';

/** The API server's answer to one of the narrower requests that is no success: the client gets it as it is. */
export class RefusedAnswer extends Error {
  override readonly name = 'RefusedAnswer';
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`the API server answered with ${answer.status}`);
    this.answer = answer;
  }
}

/** Passes a refusal on. */
export async function respondAnswer(
  response: ServerResponse,
  { status, headers, body }: Answer,
): Promise<void> {
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) response.setHeader(name, value);
  response.writeHead(status);
  for await (const chunk of body) response.write(chunk);
  response.end();
}
