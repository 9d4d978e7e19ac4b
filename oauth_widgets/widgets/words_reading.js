// What people read above a token that is only decoded.

export const READING = {
  title: "Decoded token",
  warning: "Nothing in this token was verified.",
  pill: "Not verified",
  note: "It was only decoded, so don't trust it: anyone can make up a token that says this. To know who signed in, use session.id_token, which was checked.",
};
