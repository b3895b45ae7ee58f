/** As sigs.k8s.io/json: a flood of mistakes is cut, so that a warning header per mistake stays affordable. */
export const MOST_STRICT_ERRORS = 100;
