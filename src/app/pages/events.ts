import { html } from "hono/html";
import type { EventRange } from "../live/event-log.ts";
import type { View } from "./layout.ts";
import { time } from "./time.ts";

/** Characters of a note. */
export const MAX_NOTE = 200;

/** What has happened in a workspace. The page's script keeps it up to date, and shows the events before these to whoever scrolls up. */
export function eventsPage({ signedInAs, newest }: { readonly signedInAs: string; readonly newest: EventRange }): View {
  const { first, events, total } = newest;
  return {
    title: "Events",
    signedInAs,
    main: html`<p id="connection" role="status" class="quiet">These are the newest events.</p>
      <div class="stream-frame">
        <div id="stream" class="stream" role="region" aria-label="Events of your workspace, oldest first" tabindex="0" data-first="${first}" data-total="${total}">
          <ol>
            ${events.map(({ kind, text, at }) => html`<li data-kind="${kind}"><span class="what">${text}</span> ${time(at)}</li>`)}
          </ol>
        </div>
        <button id="latest" class="latest" hidden>Go to the latest event</button>
      </div>
      <form id="note" class="inline" method="post" action="/events">
        <label for="text">Add a note</label>
        <input id="text" name="text" maxlength="${MAX_NOTE}" required autocomplete="off" />
        <button>Add</button>
      </form>`,
  };
}
