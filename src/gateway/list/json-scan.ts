const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/*
 * Finds where JSON values end, without decoding them. What a valid text means is left to who reads it; an invalid one ends
 * with a SyntaxError or is cut in pieces that are as invalid.
 */

export function skipSpace(text: Buffer, start: number): number {
  let at = start;
  while (isSpace(text[at])) at++;
  return at;
}

/**
 * The place after the value that starts here.
 * @throws SyntaxError when it does not end
 */
export function skipValue(text: Buffer, start: number): number {
  const first = text[start];
  if (first === QUOTE) return skipString(text, start);
  if (isOpening(first)) return findClosing(text, start);
  let at = start;
  while (at < text.length && !endsScalar(text[at])) at++;
  if (at === start) throw new SyntaxError('a JSON value is missing');
  return at;
}

/**
 * The place after the bracket that closes the one here.
 * @throws SyntaxError when there is none
 */
export function findClosing(text: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; ) {
    const byte = text[at];
    if (byte === QUOTE) {
      at = skipString(text, at);
      continue;
    }
    if (isOpening(byte)) depth++;
    else if (isClosing(byte) && --depth === 0) return at + 1;
    at++;
  }
  throw new SyntaxError('a JSON value does not end');
}

/** Bytes of a string that are looked at one by one: for a short one, a native search takes longer to be called. */
const SHORT = 64;

function skipString(text: Buffer, start: number): number {
  const short = Math.min(start + SHORT, text.length);
  for (let at = start + 1; at < short; at++) {
    const byte = text[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at++;
  }
  return skipLongString(text, start);
}

function skipLongString(text: Buffer, start: number): number {
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf(QUOTE, at);
    if (quote < 0) throw new SyntaxError('a JSON text does not end');
    let escapes = 0;
    while (text[quote - 1 - escapes] === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isOpening(byte: number | undefined): boolean {
  return byte === 0x7b || byte === 0x5b;
}

function isClosing(byte: number | undefined): boolean {
  return byte === 0x7d || byte === 0x5d;
}

function endsScalar(byte: number | undefined): boolean {
  return byte === 0x2c || isClosing(byte) || isSpace(byte);
}
