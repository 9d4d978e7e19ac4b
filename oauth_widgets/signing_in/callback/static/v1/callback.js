// Hands the answer in this page's address to the notebook that waits for it.
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
// the answer must not stay in the address bar or the history
history.replaceState(null, "", location.pathname);

const answer = new URLSearchParams(search || hash.slice(1));
const state = answer.get("state");

/** @param {string} title @param {string} text */
function say(title, text) {
  document.title = title;
  part("title").textContent = title;
  part("text").textContent = text;
}

/** @param {string} text */
async function copy(text) {
  const input = /** @type {HTMLInputElement} */ (part("address"));
  input.select();
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // an address without https has no such clipboard
    document.execCommand("copy");
  }
  part("copy").textContent = "Copied";
}

function byHand() {
  say(
    "Your notebook has not answered yet",
    "If it does not go on by itself, copy this address and paste it into its sign-in card.",
  );
  const input = /** @type {HTMLInputElement} */ (part("address"));
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
      say("The sign-in was lost", "The notebook’s kernel has ended since. Run the cell again there.");
      return;
    }
    say(
      "Your notebook has the answer",
      "Go back to it to see whether the sign-in worked. You can close this window.",
    );
    // works in a window that a script opened, and does nothing in a tab
    setTimeout(() => window.close(), LEAVE);
  };
  send();
} else {
  say("This is not an answer", "Go back to your notebook and click its sign-in button.");
}
