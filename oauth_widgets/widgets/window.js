// Opening a sign-in page in a separate window.

const WINDOW = "popup,width=560,height=760";

/**
 * The text if it is an http or https address that may be opened, else "".
 * @param {unknown} text
 */
export function webAddress(text) {
  // Browsers drop control characters in an address, so the checked one would not be the opened one.
  if (typeof text !== "string" || /[\u0000-\u0020\u007f-\u009f]/.test(text)) return "";
  try {
    return /^https?:\/\//i.test(text) && new URL(text) ? text : "";
  } catch {
    return "";
  }
}

/**
 * Whether a click asks for nothing but the link itself: no new tab, no download.
 * @param {MouseEvent} click
 */
export function isPlain({ button, altKey, ctrlKey, metaKey, shiftKey }) {
  return button === 0 && !(altKey || ctrlKey || metaKey || shiftKey);
}

/**
 * Open the address in a small window and return our handle on it; null if that is blocked or it
 * is no web address.
 * @param {string} url
 * @param {typeof window.open} open
 */
export function openWindow(url, open) {
  if (!webAddress(url)) return null;
  const handle = open("about:blank", "", WINDOW);
  if (!handle) return null;
  // The server's page must not be able to navigate the notebook's.
  handle.opener = null;
  handle.location.replace(url);
  return handle;
}
