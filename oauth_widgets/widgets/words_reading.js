// What people read above a token that is only decoded.

export const READING = {
  title: "Decoded token",
  warning: "Nothing in this token was verified.",
  pill: "Not verified",
  note: "It was decoded for reading only. Anyone can write a token that says this.",
};
