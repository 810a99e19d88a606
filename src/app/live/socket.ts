/** A connection that a runtime has opened for us. */
export interface Socket {
  send(text: string): void;
  /** @param code 4000 to 4999 are the app's own (RFC 6455 §7.4.2). */
  close(code: number, reason: string): void;
  /** Bytes that were sent and have not left yet. */
  readonly buffered: number;
}

/** What happens on a connection, in this order. */
export interface SocketEvents {
  opened(socket: Socket): void;
  said(text: string): void;
  /** Also where the connection broke before it was open. */
  closed(): void;
}

/** Takes the request that is being answered over as a WebSocket. Whoever has called it answers 204, and nobody is sent that. */
export type AcceptUpgrade = (events: SocketEvents) => void;

/** Whether a request asks for a WebSocket. */
export function isUpgrade(request: Request): boolean {
  return request.headers.get("upgrade")?.toLowerCase() === "websocket";
}
