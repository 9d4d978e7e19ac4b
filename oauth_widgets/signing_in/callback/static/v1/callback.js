// Hands the answer in this page's address to the notebook that is waiting for it.
//
// Addresses of this page are registered at servers and kept by browsers for a year, so what is
// agreed here with the sign-in card stays as it is: a BroadcastChannel named by the answer's state;
// {kind: "answer", url} from here until {kind: "heard"} or {kind: "gone"} comes from the card.

const EVERY = 250;
const PATIENCE = 10_000;
const LEAVE = 1_500;

/** @param {string} id */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const url = location.href;
const { search, hash } = location;
// The answer must not stay in the address bar.
history.replaceState(null, "", location.pathname);

const answer = new URLSearchParams(search || hash.slice(1));
const state = answer.get("state");

/** @param {string} title @param {string} text @param {"" | "good" | "bad"} [look] */
function say(title, text, look = "") {
  document.title = title;
  part("title").classList.remove("waiting");
  part("title").textContent = { good: "✓ ", bad: "✗ ", "": "" }[look] + title;
  part("title").dataset.look = look;
  part("text").textContent = text;
}

// What a server that says yes gives (RFC 6749 4.1.2 and 4.2.2, OpenID Connect Core 3.2.2.5).
const GIVEN = ["code", "access_token", "id_token"];

/** What the server answered, by the error that it names (RFC 6749 4.1.2.1). */
function sayHow() {
  const error = answer.get("error");
  if (!error && GIVEN.some((name) => answer.get(name))) {
    say("The server approved your sign-in", "Your notebook is finishing it and will show the result. You can close this window.", "good");
  } else if (error === "access_denied") {
    say("Nothing was shared", "You chose not to allow this. You can close this window and go back to your notebook.");
  } else {
    say("Sign-in failed", "Your notebook shows why. You can close this window and go back to it.", "bad");
  }
}

/** @param {string} text */
async function copy(text) {
  const input = /** @type {HTMLTextAreaElement} */ (part("address"));
  input.select();
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // An address without https has no such clipboard.
    document.execCommand("copy");
  }
  part("copy").textContent = "Copied";
}

function byHand() {
  say(
    "Your notebook hasn’t answered yet",
    "If the card where you pressed Sign in is still waiting, open “Window stuck on an error page?” in it and paste this address. Don’t show it to anyone else: it can contain a code for this sign-in.",
  );
  const input = /** @type {HTMLTextAreaElement} */ (part("address"));
  input.value = url;
  part("by-hand").hidden = false;
  part("copy").onclick = () => copy(url);
}

if (state) {
  const channel = new BroadcastChannel(`oauth_widgets ${state}`);
  const send = () => channel.postMessage({ kind: "answer", url });
  const sending = setInterval(send, EVERY);
  const patience = setTimeout(byHand, PATIENCE);
  channel.onmessage = ({ data }) => {
    if (data?.kind !== "heard" && data?.kind !== "gone") return;
    clearInterval(sending);
    clearTimeout(patience);
    channel.close();
    part("by-hand").hidden = true;
    if (data.kind === "gone") {
      say("Sign-in lost", "The kernel has restarted. Go back to your notebook and run the cell again.", "bad");
      return;
    }
    sayHow();
    // Works in a window that a script opened, and does nothing in a tab.
    setTimeout(() => window.close(), LEAVE);
  };
  send();
} else {
  say("Nothing to do here", "This page opens at the end of a sign-in. To start one, go back to your notebook.");
}
