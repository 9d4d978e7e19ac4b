// What people read in the doctor's table.

export const DOCTOR = {
  title: "What works here",
  looking: "Asking this page…",
  done: "This is what your browser and the notebook’s kernel know.",
  register: "Have this address registered:",
  signs: { "✓": "Yes", "✗": "No", "·": "Note" },
};
