/** Thrown by an authorizer that has to ask somebody first. Never reaches a client. */
export class Unanswered extends Error {
  /** Ends when the answer is known, or fails when there is none. */
  readonly answer: Promise<void>;

  constructor(answer: Promise<void>) {
    super('the answer is not known yet');
    this.answer = answer;
  }
}

/** A request of a hundred groups that asks to be somebody with a hundred more has a question for each. */
const MOST_QUESTIONS = 1_000;

/**
 * Runs a decision that may put many questions, one after the other, each depending on the last. Where all answers are at hand
 * it is over at once; otherwise it waits for the missing one and runs again from the start, so that what decides can be
 * written without any waiting in it. `decide` must be free to run more than once.
 * @throws what `decide` throws, or what became of a question
 */
export function whenAnswered<T>(decide: () => T): T | Promise<T> {
  try {
    return decide();
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    return again(decide, error);
  }
}

async function again<T>(decide: () => T, first: Unanswered): Promise<T> {
  let missing = first;
  for (let asked = 0; asked < MOST_QUESTIONS; asked += 1) {
    await missing.answer;
    try {
      return decide();
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      missing = error;
    }
  }
  throw new Error('a decision needs more questions than a request can have');
}
