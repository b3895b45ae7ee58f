import { describe, expect, it } from 'vitest';
import { Unanswered, whenAnswered } from '../../../src/gateway/delegate/index.ts';

describe('whenAnswered', () => {
  it('waits for one answer after the other', async () => {
    const known = new Set<number>();
    const decide = () => {
      for (const question of [1, 2, 3]) {
        if (!known.has(question))
          throw new Unanswered(Promise.resolve().then(() => void known.add(question)));
      }
      return 'decided';
    };
    expect(await whenAnswered(decide)).toBe('decided');
    expect(whenAnswered(decide)).toBe('decided');
  });

  it('lets every other failure through, at once or later', async () => {
    expect(() =>
      whenAnswered(() => {
        throw new Error('at once');
      }),
    ).toThrow('at once');
    let first = true;
    const later = whenAnswered(() => {
      if (!first) throw new Error('later');
      first = false;
      throw new Unanswered(Promise.resolve());
    });
    await expect(later).rejects.toThrow('later');
  });

  it('does not ask for ever', async () => {
    const endless = whenAnswered(() => {
      throw new Unanswered(Promise.resolve());
    });
    await expect(endless).rejects.toThrow('more questions');
  });
});
