/** For `vi.waitFor`, in milliseconds: it looks often, and its limit only ends what hangs. A busy machine must not fail a test. */
export const PATIENTLY = { timeout: 20_000, interval: 5 };
