// What people read while they walk through a sign-in.

export const STEPS = {
  title: "Step by step at",
  edit: "Change a value if you like, and guess who will notice: this notebook or the server. Unchanged, it just works. Then press Send.",
  plain: "This message has no parameters.",
  browser: "Your turn: sign in and come back. If the page shows an error, the server noticed.",
  ended: "Try again to change something else.",
  send: "Send",
  sending: "Sending…",
  open: "Open the sign-in page",
  pasted: "Or paste the address from the browser",
  use: "Use this address",
  sent: "sent",
};
