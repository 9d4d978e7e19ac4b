// How an answer gets from the window that it arrives in to this page.

import { CALLBACK } from "./page.js";

const EVERY = 250;

/** @param {string} url @param {string} name */
export function parameter(url, name) {
  try {
    return new URL(url).searchParams.get(name) ?? "";
  } catch {
    return "";
  }
}

/**
 * Whether the answer to the request at `url` comes to our callback page at this origin.
 * @param {string} url
 * @param {string} origin
 */
export function comesHere(url, origin) {
  const back = parameter(url, "redirect_uri");
  return back.startsWith(`${origin}/`) && back.endsWith(CALLBACK);
}

/**
 * Listen for the answer to the request at `url`, from our callback page or, if that is not
 * installed, from the window's own address once it is back on this origin.
 * @param {string} url
 * @param {{location: Location, handle: () => Window | null, gone: () => boolean, take: (answer: string) => void}} page
 *   `handle` is the window we opened, `gone` tells whether the kernel has ended; `take` is called once
 * @returns {() => void} stops listening
 */
export function listen(url, { location, handle, gone, take }) {
  const state = parameter(url, "state");
  if (!state || !comesHere(url, location.origin)) return () => {};
  let taken = false;

  /** @param {unknown} answer */
  function hear(answer) {
    // Any page of this origin may speak here, so ignore what isn't our answer.
    if (typeof answer !== "string" || !answer.startsWith(`${location.origin}/`)) return false;
    if (parameter(answer, "state") !== state) return false;
    if (!taken && !gone()) take(answer);
    taken = true;
    return true;
  }

  function look() {
    try {
      const opened = handle();
      const arrived = opened?.location.pathname.endsWith(`/${CALLBACK}`);
      // Our page says so if the sign-in was lost.
      if (opened && arrived && !gone() && hear(opened.location.href)) opened.close();
    } catch {
      // The window is still on the server's page, which is closed to us.
    }
  }

  const channel = new BroadcastChannel(`oauth_widgets ${state}`);
  channel.onmessage = ({ data }) => {
    if (data?.kind === "answer" && hear(data.url)) {
      channel.postMessage({ kind: gone() ? "gone" : "heard" });
    }
  };
  const looking = setInterval(look, EVERY);
  return () => {
    clearInterval(looking);
    channel.close();
  };
}

/**
 * A listener for every request that may have been opened: a person may sign in at an earlier
 * address.
 * @param {Parameters<typeof listen>[1]} page
 */
export function listener(page) {
  /** @type {Record<string, () => void>} */
  let listening = {};
  return {
    /** @param {string} url */
    attend(url) {
      listening[url] ??= listen(url, page);
    },
    forget() {
      for (const stop of Object.values(listening)) stop();
      listening = {};
    },
  };
}
