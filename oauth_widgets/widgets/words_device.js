// What people read in a sign-in on another device.

export const DEVICE = {
  address: "On any device",
  here: "On this computer",
  code: "Enter this code",
  until: "Code expires",
  asks: "It will ask for",
  open: "Open the page",
  before: "Before you allow it, check that",
  checks: [
    "You started this just now. Never approve a code someone sent you.",
    "The page is on the site above and shows the same code.",
    "It asks only for the scopes above. Only the name that it shows for your client may differ.",
  ],
  differs: "If anything else differs, don't allow it. Cancel here instead.",
};
