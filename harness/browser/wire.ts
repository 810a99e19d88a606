/** What a browser puts on the wire and gets back. */
export interface BrowserRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | null;
}

export interface BrowserResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** What came back, and who gave it: not always the one who was asked, where the wire has made two requests of one. */
export interface BrowserAnswer {
  readonly from: string;
  readonly response: BrowserResponse;
}
