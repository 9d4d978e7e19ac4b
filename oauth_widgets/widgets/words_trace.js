// What people read in a trace.

export const TRACE = {
  title: "What happened at",
  empty: "Nothing has happened yet.",
  /** @param {number} count @param {string} last */
  done: (count, last) => `${count === 1 ? "1 step" : `${count} steps`}. Latest: ${last}.`,
  copy: "Copy as text",
  seconds: "s",
  failed: "The sign-in stopped at the line with ✗. To try again, go back to where you began it.",
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
  secrets: "Dots in it are secrets, which stay in the kernel.",
  open: "Click a line to see what was in it.",
  expected: "expected",
  received: "received",
};
