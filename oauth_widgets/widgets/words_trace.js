// What people read in a trace.

export const TRACE = {
  title: "What happened at",
  empty: "Nothing has happened yet.",
  /** @param {number} count @param {string} last */
  done: (count, last) => `${count === 1 ? "1 step" : `${count} steps`}. Latest: ${last}.`,
  copy: "Copy as text",
  seconds: "s",
  failed: "The sign-in stopped at the line with ✗. To try again, press Try again on the sign-in card, or run its cell again.",
  refused: "You chose not to allow this. To sign in after all, press Try again on the sign-in card, or run its cell again.",
  turn: "Your turn: sign in on the server's own page. The notebook sees none of it.",
  /** @type {Record<string, string>} */
  parties: { browser: "Your browser", notebook: "This notebook", server: "Server", api: "API" },
  /** @type {Record<string, string>} */
  ends: { browser: "browser", notebook: "notebook", server: "server", api: "API" },
  /** @type {Record<string, string>} */
  does: { browser: "you decide", notebook: "the kernel", server: "signs you in", api: "has the data" },
  to: "to",
  front: "through your browser",
  back: "straight from the kernel",
  secrets: "Secrets are shown as dots. The same number after # means the same secret.",
  open: "Click a line to see what was in it.",
  expected: "expected",
  received: "received",
};
