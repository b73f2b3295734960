/* The right column: the agent's mailbox, a mail, and the answer to it. */

import { announce, ask, el, keyed, put, sendsByKeys, tabs, trouble } from "./dom.js";
import { fate } from "./fate.js";
import { when } from "./words.js";

const ORDERS = [
  ["#private", "Answer the customer alone"],
  ["#note", "Keep a note, publish nothing"],
  ["#split", "Publish a long answer in parts"],
  ["#use thanks", "A standard response"],
  ["#cancel", "Take back what is not out yet"],
];

const byId = (name) => document.getElementById(name);

export class Mailbox {
  constructor(links) {
    this.links = links;
    links.mailOf = (messageId) => this.lines?.find((line) => line.message_id === messageId)?.id ?? "";
    this.list = byId("mails");
    this.form = byId("answer");
    this.selectPart = tabs(byId("mail-tabs"), (name) => this.turn(name));
    byId("orders").append(...ORDERS.map((order) => this.order(order)));
    byId("mail-back").addEventListener("click", () => this.close());
    this.form.addEventListener("submit", (event) => this.send(event));
    this.list.addEventListener("keydown", (event) => this.walk(event));
    sendsByKeys(this.form);
  }

  show(lines, told) {
    const before = this.lines;
    this.lines = lines;
    this.told = told;
    keyed(this.list, lines, {
      key: (line) => line.id,
      make: (line) => this.row(line),
      update: (node, line) => this.fill(node, line),
    });
    byId("mails-nothing").hidden = lines.length > 0;
    byId("mail-choose").hidden = lines.length === 0 || Boolean(this.open);
    this.count(lines);
    if (before) this.greet(before, lines);
    if (this.open) this.fillFates();
    if (this.wanted) this.openByMessageId(this.wanted);
  }

  greet(before, lines) {
    const known = new Set(before.map((line) => line.id));
    const fresh = lines.find((line) => !known.has(line.id));
    if (fresh) announce(`New mail: ${fresh.subject}`);
  }

  count(lines) {
    const unread = lines.filter((line) => !line.seen).length;
    put(byId("unread"), lines.length ? `${unread} unread of ${lines.length}` : "");
    put(byId("badge"), String(unread));
    byId("badge").hidden = unread === 0;
    document.title = unread ? `(${unread}) bridge demo` : "bridge demo";
  }

  row(line) {
    const node = el("li");
    node.state = el("span", { class: "hidden" });
    node.flag = el("span", { class: "flag" });
    node.button = el(
      "button",
      { type: "button", click: () => this.read(line.id) },
      el("span", { class: "unseen", "aria-hidden": "true" }),
      el("b", { class: "name", dir: "auto", text: line.name }),
      node.flag,
      when(line.at),
      el("span", { class: "subject", dir: "auto", text: line.subject }),
      node.state,
    );
    node.append(node.button);
    return node;
  }

  fill(node, line) {
    node.classList.toggle("seen", line.seen);
    node.classList.toggle("notice", line.kind === "notice");
    node.button.setAttribute("aria-current", String(this.open?.id === line.id));
    const flags = [];
    if (line.kind === "notice") flags.push("notice");
    else if (line.priority && line.priority !== "normal") flags.push(line.priority);
    if (line.answered) flags.push("answered");
    put(node.flag, flags.join(", "));
    node.flag.dataset.priority = line.priority;
    put(node.state, line.seen ? "" : "unread");
  }

  /** Up and down go through the list. */
  walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...this.list.querySelectorAll("button")];
    buttons[buttons.indexOf(document.activeElement) + step]?.focus();
  }

  openByMessageId(messageId) {
    const id = this.links.mailOf(messageId);
    this.wanted = id ? null : messageId;
    if (id) this.read(id);
  }

  async read(id) {
    let mail;
    try {
      mail = await ask(`/mails/${encodeURIComponent(id)}`);
    } catch (problem) {
      announce(problem.message);
      return;
    }
    this.open = mail;
    byId("mail").hidden = false;
    byId("mail-choose").hidden = true;
    byId("mailbox").classList.add("reading");
    put(byId("mail-subject"), mail.subject);
    put(byId("mail-from"), `${mail.from.replace(/ <.*/, "").replaceAll('"', "")} · ${new Date(mail.date).toLocaleString()}`);
    this.fillParts(mail);
    this.fillForm(mail);
    this.fillFates();
    for (const line of this.lines) this.list.known.get(line.id)?.button.setAttribute("aria-current", String(line.id === id));
    this.list.known.get(id)?.scrollIntoView({ block: "nearest" });
  }

  fillParts(mail) {
    byId("mail-page").src = mail.has_page ? `/mails/${encodeURIComponent(mail.id)}/page` : "about:blank";
    put(byId("mail-plain"), mail.text);
    byId("mail-headers").replaceChildren(...mail.headers.flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { text: value })]));
    this.selectPart(mail.has_page ? "page" : "plain");
  }

  fillForm(mail) {
    const address = /<([^>]+)>/.exec(mail.answer_to)?.[1] ?? mail.answer_to;
    put(byId("answer-to"), address);
    byId("answer-to").title = `${address}: signed, and good for this conversation alone`;
    put(byId("answer-quote"), mail.quoted);
    this.form.text.value = "";
    trouble(byId("answer-trouble"), "");
  }

  turn(name) {
    for (const part of ["page", "plain", "headers"]) byId(`mail-${part}`).hidden = part !== name;
  }

  /** What became of the answers to the open mail. */
  fillFates() {
    const mine = (this.told?.answers ?? []).filter((answer) => answer.to === this.open.message_id);
    keyed(byId("fates"), mine.slice(0, 1), {
      key: (answer) => answer.id,
      make: () => el("li", { class: "fate" }),
      update: (node, answer) => fate(node, answer, { links: this.links, about: null }),
    });
  }

  order([text, meaning]) {
    const { form } = this;
    const put = () => {
      form.text.value = `${text}\n${form.text.value}`;
      form.text.focus();
    };
    return el("button", { type: "button", class: "chip mono", text, title: meaning, click: put });
  }

  async send(event) {
    event.preventDefault();
    const button = this.form.querySelector('[type="submit"]');
    button.disabled = true;
    try {
      const body = { text: this.form.text.value, writer: this.form.writer.value };
      await ask(`/mails/${encodeURIComponent(this.open.id)}/answer`, { method: "POST", body });
      this.form.text.value = "";
      trouble(byId("answer-trouble"), "");
      announce("The answer was sent.");
    } catch (problem) {
      trouble(byId("answer-trouble"), problem.message);
    } finally {
      button.disabled = false;
    }
  }

  close() {
    this.open = null;
    byId("mail").hidden = true;
    byId("mailbox").classList.remove("reading");
    byId("mail-page").src = "about:blank";
    this.show(this.lines, this.told);
  }
}
