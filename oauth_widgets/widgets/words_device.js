// What people read where someone signs in on another device.

export const DEVICE = {
  title: "Sign in on another device at",
  signedIn: "Signed in on the other device.",
  expired: "Nobody entered the code before it ran out.",
  runAgain: "Run the cell again for a fresh code.",
  address: "Open this page there",
  code: "Enter this code",
  until: "The code is good until",
  asks: "You will be asked for",
  open: "Open the page on this device",
  before: "Before you allow it",
  checks: [
    "You began this yourself, just now, in this notebook. Allow no sign-in that someone else asks you to.",
    "The page’s address begins exactly with the one above, and the page shows this same code.",
    "It asks for what stands above, and for nothing more.",
    "Nobody else needs the code: whoever has it could sign this notebook in as someone else.",
  ],
  differs: "If anything differs, refuse there and press Cancel here.",
};
