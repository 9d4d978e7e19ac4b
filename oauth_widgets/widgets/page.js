// The page's address, and what it can reach: the kernel needs both to choose the way back.

/** The same path wherever Jupyter serves it; frozen, since it is registered at servers. */
export const CALLBACK = "oauth-widgets/static/v1/callback.html";

const PATIENCE = 3_000;

/**
 * @typedef {{port: number, nonce: string}} Beacon
 * @typedef {{
 *   front_end: "lab" | "notebook" | "voila" | "other", origin: string, base_url: string,
 *   extensions: string, hub: string, framed: boolean, installed?: boolean, loopback?: boolean, proxy?: boolean,
 * }} Page
 */

/** What Jupyter wrote into its page for its own scripts. @param {Document} document */
function jupyterConfig(document) {
  try {
    return JSON.parse(document.getElementById("jupyter-config-data")?.textContent || "{}");
  } catch {
    return {};
  }
}

/** Whether another site's page is around this one. @param {Window} window */
export function isFramed(window) {
  try {
    return window.top?.location.origin !== window.location.origin;
  } catch {
    return true;
  }
}

/** @param {unknown} text */
const withSlash = (text) => (typeof text === "string" && text ? text.replace(/\/?$/, "/") : "");

/** @param {Window & typeof globalThis} window @returns {Page} */
export function whereAmI(window) {
  const config = jupyterConfig(window.document);
  const { origin } = window.location;
  const base = withSlash(config.baseUrl) && new URL(withSlash(config.baseUrl), origin).pathname;
  const extensions = withSlash(config.fullLabextensionsUrl);
  return {
    front_end: !base ? "other"
      : config.appName === "Jupyter Notebook" ? "notebook"
      : config.appUrl === "voila/" ? "voila"
      : "lab",
    origin,
    base_url: base,
    extensions: extensions.startsWith(base) ? extensions.slice(base.length) : "lab/extensions/",
    // with subdomains there is no address that serves everybody
    hub: config.hubHost ? "" : withSlash(config.hubPrefix),
    framed: isFramed(window),
  };
}

/** @param {string} hostname */
export const isLoopback = (hostname) => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

/** @param {string} url @param {RequestInit} how @param {(answer: Response) => Promise<boolean>} good */
async function answers(url, how, good) {
  try {
    return await good(await fetch(url, { cache: "no-store", ...how, signal: AbortSignal.timeout(PATIENCE) }));
  } catch {
    return false;
  }
}

/**
 * Try what a page of Jupyter may reach. Only a page that is on loopback itself looks there:
 * browsers ask people before a public page may.
 * @param {Page} page
 * @param {Beacon} beacon
 * @param {boolean} [everything] look further even if the kernel was reached directly
 * @returns {Promise<Page>}
 */
export async function probed(page, { port, nonce }, everything = false) {
  if (page.front_end === "other") return page;
  /** @param {Response} answer */
  const lit = async (answer) => answer.ok && (await answer.text()) === nonce;
  const base = page.origin + page.base_url;
  if (isLoopback(new URL(page.origin).hostname)) {
    const loopback = await answers(`http://127.0.0.1:${port}/${nonce}`, { credentials: "omit" }, lit);
    if (loopback && !everything) return { ...page, loopback };
    page = { ...page, loopback };
  }
  const [installed, proxy] = await Promise.all([
    answers(`${base}${page.extensions}${CALLBACK}`, { method: "HEAD" }, async ({ ok }) => ok),
    answers(`${base}proxy/${port}/${nonce}`, {}, lit),
  ]);
  return { ...page, installed, proxy };
}
