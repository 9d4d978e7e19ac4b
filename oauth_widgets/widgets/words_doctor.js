// What people read in the doctor's card.

export const DOCTOR = {
  title: "Can you sign in from here?",
  looking: "Asking this page…",
  register: "Register this one address:",
  other: "Register this address:",
  details: "What was checked",
  signs: { "✓": "Yes", "✗": "No", "·": "Note" },
  pills: { "✓": "Yes", "✗": "No", "·": "" },
};
