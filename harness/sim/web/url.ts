/** Beyond this many the memo starts anew; a long search must not grow without bound. */
const MEMO_LIMIT = 1_000;
const memo = new Map<string, URL | null>();

/** A URL, parsed once for all that ask, who may not change it; null for what is none. */
export function parsedUrl(text: string): URL | null {
  let url = memo.get(text);
  if (url === undefined) {
    if (memo.size >= MEMO_LIMIT) memo.clear();
    url = URL.parse(text);
    memo.set(text, url);
  }
  return url;
}

/** A URL as requests have it; null for what is none, and for one with credentials, which no request may have. */
export function hrefOf(text: string): string | null {
  const url = parsedUrl(text);
  return url === null || url.username !== "" || url.password !== "" ? null : url.href;
}
