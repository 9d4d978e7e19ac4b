// What people read above a token that is only read.

export const READING = {
  title: "A token, taken apart",
  warning: "Nothing of this token was verified.",
  note: "It was decoded for reading only, and anyone can write a token that reads like this.",
};
