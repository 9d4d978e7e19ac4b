// What people read in the doctor's card.

export const DOCTOR = {
  title: "Can you sign in from here?",
  looking: "Asking this page…",
  register: "If you have a client of your own, register this one address as its redirect URI, on the page of the server where you got the client ID:",
  other: "Register this address as the redirect URI:",
  details: "What was checked",
  signs: { "✓": "Yes", "✗": "No", "·": "Note" },
  pills: { "✓": "Yes", "✗": "No", "·": "" },
};
