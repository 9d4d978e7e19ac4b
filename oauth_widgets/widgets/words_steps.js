// What people read while they walk through a sign-in.

export const STEPS = {
  title: "Step by step at",
  edit: "Change a value if you like, and predict who will notice. Then send it.",
  plain: "This message has no parameters.",
  browser: "Your turn: sign in and come back. If the page shows an error, the server noticed.",
  ended: "Begin again to try something else.",
  send: "Send",
  sending: "Sending…",
  open: "Open the sign-in page",
  pasted: "Or paste the address from the browser",
  use: "Use this address",
  again: "Begin again",
  sent: "sent",
};
