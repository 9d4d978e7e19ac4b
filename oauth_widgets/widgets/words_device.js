// What people read in a sign-in on another device.

export const DEVICE = {
  address: "Go to",
  code: "Enter this code",
  until: "Code expires",
  asks: "It will ask for",
  open: "Open the page on this device",
  before: "Before you allow it, check that",
  checks: [
    "You started this just now. Never approve a code someone sent you.",
    "The page's address starts with the one above, and the page shows the same code.",
    "It asks only for the scopes above.",
  ],
  differs: "If anything differs, don't allow it there, and cancel here.",
};
