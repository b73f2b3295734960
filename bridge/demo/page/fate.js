/* What became of an answer: waiting with its countdown, published, held with its reason. */

import { ask, el, put } from "./dom.js";

const DROPPED = { cancelled: "taken back in time", corrected: "replaced by a corrected answer" };
const ENDS = {
  command: "order carried out",
  refused: "refused",
  automatic: "automatic mail: kept, never published",
  bounce: "a mail server's complaint: kept, never published",
  replay: "the same mail again: nothing is done twice",
  not_ours: "not addressed to any customer",
};

/** Show it in the node; gives back its state: waiting, published, held, ended. */
export function fate(node, answer, { links, about }) {
  const lines = answer.outcome === "answer" ? answer.parts.map((part) => ofPart(part)) : [ofLetter(answer, about)];
  const spelled = JSON.stringify([lines, answer.id]);
  if (node.spelled !== spelled) {
    node.spelled = spelled;
    node.replaceChildren(...lines.map((line) => drawn(line, answer, links)));
  }
  return lines.find((line) => line.state !== "published")?.state ?? lines[0]?.state ?? "ended";
}

function ofPart(part) {
  const where = part.private ? "to the customer alone" : "under the post";
  if (part.state === "done") return { state: "published", text: `published ${where}`, posted: part.posted };
  if (part.state === "ready" || part.state === "running") return { state: "waiting", due: part.due, where };
  if (part.state === "unsure") return { state: "held", text: "perhaps published: it is looked up before anything is tried again" };
  if (part.state === "held") return { state: "held", text: `held: ${part.reason}` };
  return { state: "ended", text: DROPPED[part.reason] ?? `not published: ${part.reason}` };
}

function ofLetter(answer, about) {
  if (answer.outcome === "held") {
    const command = about ? `${about.bridge} held show ${answer.id} --config ${about.config}` : "";
    return { state: "held", text: (answer.label || "Held").toLowerCase(), code: answer.reason, detail: answer.detail, command };
  }
  return { state: "ended", text: ENDS[answer.outcome] ?? answer.outcome, code: answer.reason, detail: answer.detail };
}

function drawn(line, answer, links) {
  if (line.state === "waiting") return countdown(line, answer, links);
  const node = el("p", { class: `end ${line.state}` }, el("span", { class: "light", "aria-hidden": "true" }), el("b", { text: line.text }));
  if (line.code) node.append(el("code", { text: line.code }));
  if (line.detail) node.append(el("span", { class: "detail", text: line.detail }));
  if (line.posted) node.append(el("button", { type: "button", class: "plain", text: "Show it", click: () => links.post(line.posted) }));
  if (line.command) node.append(el("details", {}, el("summary", { text: "For an operator" }), el("code", { text: line.command })));
  return node;
}

/** The undo window, with a way to use it: a mail with #cancel, as an agent would send it. */
function countdown(line, answer, links) {
  const clock = el("b", { class: "clock", "data-due": line.due, "data-where": line.where });
  const bar = el("span", { class: "bar", "aria-hidden": "true" });
  const left = Math.max(0, Date.parse(line.due) - Date.now());
  bar.style.setProperty("--left", `${left}ms`);
  const undo = el("button", { type: "button", class: "plain", text: "Take it back" });
  undo.addEventListener("click", async () => {
    undo.disabled = true;
    const mail = links.mailOf(answer.to);
    try {
      await ask(`/mails/${mail}/answer`, { method: "POST", body: { text: "#cancel", writer: "agent" } });
    } catch (problem) {
      put(undo, problem.message);
    }
  });
  tick(clock);
  return el("p", { class: "end waiting" }, el("span", { class: "light", "aria-hidden": "true" }), clock, links.mailOf(answer.to) ? undo : null, bar);
}

function tick(clock) {
  const seconds = Math.ceil((Date.parse(clock.dataset.due) - Date.now()) / 1000);
  put(clock, seconds > 0 ? `goes out ${clock.dataset.where} in ${seconds} s` : "is being published");
}

setInterval(() => {
  for (const clock of document.querySelectorAll(".clock")) tick(clock);
}, 250);
