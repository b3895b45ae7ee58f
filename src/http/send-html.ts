import type { ServerResponse } from 'node:http';

/** Sends a finished page that no cache may keep. */
export function sendHtml(res: ServerResponse, status: number, page: string): void {
  res.statusCode = status;
  res.setHeader('Content-Type', 'text/html; charset=utf-8');
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('Vary', 'Accept-Language, Cookie');
  res.end(page);
}

/** Answers a form with a redirect that is followed by GET, whatever the form's method was (RFC 9700 §4.12). */
export function seeOther(res: ServerResponse, location: string): void {
  res.statusCode = 303;
  res.setHeader('Location', location);
  res.setHeader('Cache-Control', 'no-store');
  res.end();
}
