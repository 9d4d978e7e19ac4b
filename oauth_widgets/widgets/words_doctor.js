// What people read in the doctor's card.

export const DOCTOR = {
  title: "Can you sign in from here?",
  looking: "Checking this page…",
  register: "At the practice server (sandbox), there's nothing more to do. If you registered an application at another server and got a client ID, enter this address there as its redirect URI:",
  other: "Register this address as the redirect URI:",
  details: "What was checked",
  signs: { "✓": "Yes", "✗": "No", "·": "Note" },
  pills: { "✓": "Yes", "✗": "No", "·": "" },
};
