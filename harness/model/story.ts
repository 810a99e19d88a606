/** What people do, as plain data: it can be generated, shrunk, printed, and stands inside a replay string. */
export interface Story {
  /** Of access tokens, in seconds. */
  readonly lifetime: number;
  readonly acts: readonly Act[];
}

/** Who does something, and when. */
interface Doing {
  readonly who: "ada" | "ben";
  /**
   * 0: at once with the act before it. Else when everything before it has ended, and then after so many hundredths of the access
   * token's lifetime: 101 is just over it.
   */
  readonly after: number;
}

/** One thing that somebody does. Both are signed in from the start. */
export type Act = Doing &
  (
    | /** Loads a page in each of so many tabs. */ { readonly does: "load"; readonly tabs: number }
    | /** Opens a tab, loads a page in it, and loads it again at some moment, in place of what it has or still waits for. */ {
        readonly does: "reload";
      }
    | /** Opens a tab, loads a page in it, and is gone at some moment. */ { readonly does: "leave" }
    | /** Closes the lid for so many hundredths of the lifetime: what she has asked for goes on without her. */ {
        readonly does: "sleep";
        readonly for: number;
      }
    | /** Signs in again, whatever she has: when everything before it has ended, and before anything that comes after. */ {
        readonly does: "sign in";
      }
    | /** Signs out. The target must offer it. */ { readonly does: "log out" }
    | /** Goes on in an organization that she is a member of. The target must offer it. */ { readonly does: "switch organization" }
    | /** An administrator ends all her sessions. */ { readonly does: "be signed out" }
  );
