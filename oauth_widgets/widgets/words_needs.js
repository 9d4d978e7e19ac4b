// What people read about scopes that an API needs.

/** @param {string[]} names */
export const and = (names) => names.length < 3 ? names.join(" and ") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/**
 * Why a request failed, and whether its scopes were asked for.
 * @param {string[]} names
 * @param {string[]} missing those asked for and not granted
 */
export const lacking = (names, missing) =>
  `A request to the API needs ${and(names)}, which ${names.some((one) => missing.includes(one)) ? "the server didn't grant" : "you didn't ask for"} when you signed in.`;
