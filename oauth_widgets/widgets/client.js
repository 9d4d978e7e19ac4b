// The client form.

import { follow, freshId, shell, tellKernel, writePill, writeStatus } from "./card.js";
import { button, copyButton, icon, make, set, write } from "./parts.js";
import { FORM } from "./words_client.js";

/**
 * A registration record as it is typed; the secret is never part of it.
 * @typedef {{
 *   client_id: string, type: string, token_endpoint_auth_method: string, standard: string[],
 *   redirect_uris: string[], scope_whitelist: string, default_scopes: string,
 * }} Registration
 *
 * What the kernel syncs. `reasons` says what is wrong with which field; `registers` that there is
 * a way to register, else `request` is what to hand over; `has_secret` that the kernel keeps one.
 * `known` are the scopes that the server names.
 * @typedef {{
 *   types: string[], standards: string[], methods: string[], record: Registration,
 *   reasons: Record<string, string>, registers: boolean, has_secret: boolean, request: string,
 *   registered: string, server: string, known: string[],
 * }} Traits
 *
 * @typedef {"client_id" | "type" | "client_secret" | "token_endpoint_auth_method" | "standard" | "redirect_uris" | "scope_whitelist" | "default_scopes"} Field
 * @typedef {{node: HTMLElement, reason: HTMLElement, inputs: HTMLElement[]}} Place
 */

const NAMES = /** @type {const} */ ([
  "types", "standards", "methods", "record", "reasons", "registers", "has_secret", "request",
  "registered", "server", "known",
]);
const PAUSE = 200; // milliseconds after the last key

/**
 * What the form shows, in words and switches.
 * @param {Pick<Traits, "record" | "reasons" | "registers" | "has_secret" | "request" | "registered"> & Pick<import("./card.js").Common, "problem">} traits
 * @param {Set<string>} touched fields that a person has left or tried to send
 */
export function plan(traits, touched) {
  const { record, registers } = traits;
  const confidential = record.type !== "public";
  /** @type {Record<string, string>} */
  const shown = Object.fromEntries(
    Object.entries(traits.reasons).filter(([field]) => touched.has(field)),
  );
  const wrong = Object.keys(shown).length;
  return {
    reasons: shown,
    // A public client has no secret, and an operator makes their own.
    asksSecret: confidential && registers,
    typesSecret: !traits.has_secret,
    asksMethod: confidential,
    registers,
    request: traits.request,
    note: registers ? "" : traits.request ? FORM.operator : FORM.unready,
    wrong: wrong ? FORM.wrong(wrong) : "",
    status: traits.registered ? FORM.registered(traits.registered)
      : wrong || traits.problem || Object.keys(traits.reasons).length ? ""
      : FORM.ready,
    registered: traits.registered !== "",
  };
}

/** One address a line, or a space between them. @param {string} text */
export const lines = (text) => text.split(/\s+/).filter(Boolean);

/** @param {Field} name @param {HTMLInputElement | HTMLTextAreaElement} input */
function buildText(name, input) {
  const [words, help, example = "", need] = FORM.fields[name];
  const label = make("label", "ow-label", words, ...(need ? [" ", make("span", "ow-help", FORM[need])] : []));
  const about = make("span", "ow-help", help);
  const reason = make("span", "ow-reason");
  input.id = label.htmlFor = freshId();
  about.id = freshId();
  reason.id = freshId();
  input.classList.add("ow-input");
  set(input, { "aria-describedby": `${reason.id} ${about.id}`, spellcheck: "false" });
  set(input, { autocomplete: "off", autocapitalize: "none", placeholder: example });
  const node = make("div", "ow-field", label, input, reason, about);
  return { node, reason, inputs: [input], input, about };
}

/** @param {Field} name @param {"radio" | "checkbox"} kind @param {string[]} values */
function buildChoice(name, kind, values) {
  const reason = make("span", "ow-reason");
  reason.id = freshId();
  const group = make("fieldset", "ow-group", make("legend", "", FORM.fields[name][0]));
  const shared = freshId();
  const inputs = values.map((value) => {
    const [words, help] = FORM.choices[/** @type {keyof typeof FORM.choices} */ (value)];
    const input = make("input", "");
    const label = make("label", "", words);
    const about = make("span", "ow-gives", help);
    set(input, { type: kind, value, name: shared });
    input.id = label.htmlFor = freshId();
    about.id = freshId();
    set(input, { "aria-describedby": `${about.id} ${reason.id}` });
    group.append(make("div", "ow-check", input, label, about));
    return input;
  });
  return { node: make("div", "ow-field", group, reason), reason, inputs };
}

/** @param {HTMLInputElement[]} inputs */
const chosen = (inputs) => inputs.filter((one) => one.checked).map((one) => one.value);

/** The parts of the form, made once. @param {Traits} traits */
function build({ types, methods, standards, record, registers, server, known }) {
  const parts = shell("ow-client");
  const secretInput = make("input", "ow-mono");
  secretInput.type = "password";
  const fields = {
    client_id: buildText("client_id", make("input", "ow-mono")),
    type: buildChoice("type", "radio", types),
    client_secret: buildText("client_secret", secretInput),
    token_endpoint_auth_method: buildChoice("token_endpoint_auth_method", "radio", methods),
    standard: buildChoice("standard", "checkbox", standards),
    redirect_uris: buildText("redirect_uris", make("textarea", "ow-mono")),
    scope_whitelist: buildText("scope_whitelist", make("input", "ow-mono")),
    default_scopes: buildText("default_scopes", make("input", "ow-mono")),
  };
  const kept = make("p", "", FORM.secretKept);
  const makeSecret = button(FORM.makeSecret);
  const forgetSecret = button(FORM.forgetSecret);
  fields.client_secret.node.append(kept, make("div", "ow-actions", makeSecret, forgetSecret));
  const register = button(FORM.register);
  register.classList.add("ow-primary");
  const actions = make("div", "ow-actions", register);
  const note = make("p", "ow-note");
  const output = buildRequest();
  const summary = make("div", "ow-summary");
  const line = make("code", "ow-address");
  const change = button(FORM.change);
  const copy = make("div", "ow-register", line, copyButton(() => line.textContent ?? ""));
  const use = make("div", "", copy, make("p", "ow-note", FORM.next), make("div", "ow-actions", change));
  const intro = make("p", "ow-note", FORM.intro(server, registers));
  const form = make("div", "", intro, summary, ...Object.values(fields).map(({ node }) => node));
  set(summary, { role: "group" });
  change.classList.add("ow-quiet");
  fields.scope_whitelist.about.append(FORM.scopes(server, known));
  parts.head.after(form);
  parts.card.append(use, actions, note, output.node);

  for (const name of /** @type {const} */ (["client_id", "scope_whitelist", "default_scopes"])) {
    fields[name].input.value = record[name];
  }
  fields.redirect_uris.input.value = record.redirect_uris.join("\n");
  for (const input of fields.standard.inputs) input.checked = record.standard.includes(input.value);
  for (const name of /** @type {const} */ (["type", "token_endpoint_auth_method"])) {
    for (const input of fields[name].inputs) input.checked = record[name] === input.value;
  }
  return { ...parts, fields, kept, makeSecret, forgetSecret, register, actions, note, output, summary, use, line, form, change };
}

/** What to hand over: to read, to copy, to download. */
function buildRequest() {
  const text = make("textarea", "ow-input ow-mono");
  text.readOnly = true;
  const label = make("label", "ow-label", FORM.request);
  text.id = label.htmlFor = freshId();
  const copy = copyButton(() => text.value);
  const download = make("a", "ow-button", FORM.download);
  set(download, { download: "client-registration.txt" });
  const node = make("div", "ow-field", label, text, make("div", "ow-actions", copy, download));
  /** @param {string} request */
  function draw(request) {
    node.hidden = !request;
    if (text.value === request) return;
    text.value = request;
    download.href = `data:text/plain;charset=utf-8,${encodeURIComponent(request)}`;
  }
  return { node, draw };
}

/** @type {import("@anywidget/types").Render<Traits>} */
function render(props) {
  const { model } = props;
  const pairs = NAMES.map((name) => [name, model.get(name)]);
  const parts = build(/** @type {Traits} */ (Object.fromEntries(pairs)));
  const { fields } = parts;
  const places = /** @type {Record<Field, Place>} */ (fields);
  const secret = fields.client_secret.input;
  /** @type {Set<string>} */
  const touched = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let handed = false;
  let changing = false;

  /** @returns {Registration} */
  const typed = () => ({
    client_id: fields.client_id.input.value,
    type: chosen(fields.type.inputs)[0] ?? "",
    token_endpoint_auth_method: chosen(fields.token_endpoint_auth_method.inputs)[0] ?? "",
    standard: chosen(fields.standard.inputs),
    redirect_uris: lines(fields.redirect_uris.input.value),
    scope_whitelist: fields.scope_whitelist.input.value,
    default_scopes: fields.default_scopes.input.value,
  });

  // A check only needs to know whether there is a secret.
  const check = () => model.send({ kind: "typed", record: typed(), secret: secret.value !== "" });

  /** @param {Traits & import("./card.js").Common} traits */
  function draw(traits) {
    const view = plan(traits, touched);
    for (const [name, { reason, inputs }] of Object.entries(places)) {
      const why = view.reasons[name] ?? "";
      if (reason.dataset.why !== why) {
        reason.dataset.why = why;
        reason.replaceChildren(...(why ? [icon("no"), make("span", "", why)] : []));
      }
      for (const input of inputs) input.setAttribute("aria-invalid", String(why !== ""));
    }
    fields.client_secret.node.hidden = !view.asksSecret;
    fields.token_endpoint_auth_method.node.hidden = !view.asksMethod;
    secret.hidden = parts.makeSecret.hidden = !view.typesSecret;
    parts.kept.hidden = parts.forgetSecret.hidden = view.typesSecret;
    if (!view.asksSecret || !view.typesSecret) secret.value = "";
    // Once the client is registered, the form gives way to what to do with it.
    const done = view.registered && !changing;
    parts.form.hidden = done;
    parts.actions.hidden = !view.registers || done;
    write(parts.title, done ? FORM.done : FORM.title(traits.server));
    write(parts.line, FORM.use(traits.record.scope_whitelist));
    write(parts.note, view.note);
    parts.output.draw(view.request);
    writeStatus(parts, traits.doing && FORM.registering, view.registered && !done ? "" : view.status);
    writePill(parts, done ? FORM.pill : "", "good");
    parts.use.hidden = !done;
    summarize(handed ? view : { wrong: "", reasons: {} });
  }

  /** What is wrong, on top, each with a link to its field. @param {{wrong: string, reasons: Record<string, string>}} view */
  function summarize({ wrong, reasons }) {
    parts.summary.hidden = !wrong;
    const names = /** @type {Field[]} */ (Object.keys(places).filter((name) => name in reasons));
    if (parts.summary.dataset.names === names.join(" ")) return;
    parts.summary.dataset.names = names.join(" ");
    parts.summary.replaceChildren(make("p", "", wrong), ...names.map((name) => {
      const link = make("button", "ow-jump", FORM.fields[name][0]);
      link.type = "button";
      link.onclick = () => places[name].inputs[0].focus();
      return link;
    }));
  }

  /** @param {any} message */
  function heard(message) {
    if (message?.kind !== "judged") return;
    const first = Object.keys(places).find((name) => message.wrong.includes(name));
    if (first) places[/** @type {Field} */ (first)].inputs[0].focus();
  }

  const { redraw, end } = follow(props, parts, NAMES, draw, heard);
  // Another view of the same form keeps what was typed there.
  for (const [name, { inputs, node }] of Object.entries(places)) {
    for (const input of inputs) {
      input.oninput = () => {
        touched.add(name);
        clearTimeout(timer);
        timer = setTimeout(check, PAUSE);
      };
    }
    node.addEventListener("focusout", () => {
      touched.add(name);
      check();
    });
  }
  parts.makeSecret.onclick = () => tellKernel(model, parts, { kind: "make_secret" });
  parts.change.onclick = () => {
    changing = true;
    redraw();
  };
  parts.forgetSecret.onclick = () => tellKernel(model, parts, { kind: "forget_secret" });
  parts.register.onclick = () => {
    clearTimeout(timer);
    for (const name of Object.keys(places)) touched.add(name);
    handed = true;
    changing = false;
    const message = { kind: "register", record: typed(), secret: secret.value };
    tellKernel(model, parts, message);
    // The secret goes from the page as soon as it is handed on.
    secret.value = "";
  };
  return () => {
    clearTimeout(timer);
    end();
  };
}

export default { render };
