/* The middle column: why each post went where it went, and what became of each answer. */

import { ask, el, keyed, put } from "./dom.js";
import { fate } from "./fate.js";
import { PLATFORMS, placeOf, when } from "./words.js";

export class Story {
  constructor(links) {
    this.links = links;
    this.filter = "all";
    this.list = document.getElementById("entries");
    const filters = document.getElementById("filters");
    for (const button of filters.querySelectorAll("button")) button.addEventListener("click", () => this.choose(button));
  }

  choose(button) {
    this.filter = button.dataset.filter;
    for (const each of document.querySelectorAll("#filters button")) each.setAttribute("aria-pressed", String(each === button));
    if (this.told) this.show(this.told);
  }

  show(told) {
    this.told = told;
    const entries = [
      ...told.posts.filter((post) => post.verdict).map((post) => ({ key: post.key, at: post.verdict.at, post })),
      ...told.answers.map((answer) => ({ key: answer.id, at: answer.at, answer })),
    ];
    entries.sort((one, other) => other.at.localeCompare(one.at));
    document.getElementById("story-nothing").hidden = entries.length > 0;
    keyed(this.list, entries.filter((entry) => this.fits(entry)), {
      key: (entry) => entry.key,
      make: (entry) => (entry.post ? this.verdict(entry.post) : this.answer(entry.answer)),
      update: (node, entry) => (entry.post ? this.fillVerdict(node, entry.post) : this.fillAnswer(node, entry.answer)),
    });
  }

  fits({ post, answer }) {
    if (this.filter === "all") return true;
    if (answer) return this.filter === "answer";
    return this.filter === (post.verdict.desk ? "forwarded" : "left");
  }

  verdict(post) {
    const node = el("li", { class: "card entry", id: `why-${post.key}`, tabindex: "-1" });
    node.sign = el("span", { class: "sign", "aria-hidden": "true" });
    node.where = el("b");
    node.words = el("p", { class: "text clamp", dir: "auto" });
    node.reasons = el("ul", { class: "reasons" });
    node.show = el("button", { type: "button", class: "plain", text: "Its post", click: () => this.links.post(placeOf(node.post)) });
    node.open = el("button", { type: "button", class: "plain", text: "Its mail", click: () => this.links.mail(node.post.mail) });
    node.more = el("button", { type: "button", class: "plain", text: "Every reason", "aria-expanded": "false", click: () => this.explain(node) });
    node.misses = el("ul", { class: "reasons misses", hidden: true, "aria-label": "What nearly held" });
    const from = `${post.author}, ${PLATFORMS[post.channel] ?? post.channel}`;
    node.append(
      node.sign,
      el("p", { class: "who" }, el("span", { dir: "auto", text: from }), node.where, when(post.verdict.at)),
      node.words,
      node.reasons,
      node.misses,
      el("div", { class: "under" }, node.show, node.open, node.more),
    );
    return node;
  }

  fillVerdict(node, post) {
    node.post = post;
    const { verdict } = post;
    const forwarded = Boolean(verdict.desk);
    node.dataset.state = forwarded ? verdict.priority : "left";
    put(node.sign, forwarded ? "→" : "·");
    put(node.where, forwarded ? `to ${verdict.desk}${verdict.priority === "normal" ? "" : `, ${verdict.priority}`}` : "left alone");
    put(node.words, [post.title, post.text].filter(Boolean).join(": "));
    node.open.hidden = !post.mail;
    this.fillReasons(node.reasons, verdict.why, verdict.points);
  }

  fillReasons(list, why, points) {
    const quotes = (reason) => reason.detail.includes("any_word");
    const rules = why.filter((reason) => !reason.route).sort((one, other) => quotes(other) - quotes(one));
    const route = why.find((reason) => reason.route && reason.hit);
    const end = route ? { ...route, rule: `route ${route.rule}` } : { rule: `${points} points`, detail: "no route takes it", hit: true };
    keyed(list, [...rules, end], {
      key: (reason) => `${reason.rule} ${reason.detail}`,
      make: (reason) => reasonLine(reason),
      update: () => {},
    });
  }

  /** All hits, and the near misses, which are worked out on demand by the same judge. */
  async explain(node) {
    const open = node.classList.toggle("open");
    node.misses.hidden = !open;
    node.more.setAttribute("aria-expanded", String(open));
    put(node.more, open ? "Fewer" : "Every reason");
    if (!open) return;
    try {
      const why = await ask(`/why/${node.post.channel}/${encodeURIComponent(node.post.id)}`);
      const misses = why.filter((reason) => !reason.hit && reason.rule);
      const lines = misses.map((miss) => reasonLine({ ...miss, rule: miss.route ? `route ${miss.rule}` : miss.rule }));
      node.misses.replaceChildren(el("li", { class: "dim", text: lines.length ? "Nearly:" : "Nothing else came near." }), ...lines);
    } catch (problem) {
      node.misses.replaceChildren(el("li", { text: problem.message }));
    }
  }

  answer(answer) {
    const node = el("li", { class: "card entry answer-entry", id: `why-${answer.id}`, tabindex: "-1" });
    node.words = el("p", { class: "text clamp", dir: "auto" });
    node.fate = el("div", { class: "fate" });
    node.append(
      el("span", { class: "sign", "aria-hidden": "true", text: "↩" }),
      el("p", { class: "who" }, el("span", { text: answer.who || "somebody" }), el("b", { text: "answered" }), when(answer.at)),
      node.words,
      node.fate,
    );
    return node;
  }

  fillAnswer(node, answer) {
    put(node.words, [...answer.orders, answer.words].filter(Boolean).join("\n") || "(no words)");
    node.dataset.state = fate(node.fate, answer, { links: this.links, about: this.about });
  }

  point(key) {
    if (!document.getElementById(`why-${key}`)) this.choose(document.querySelector('#filters [data-filter="all"]'));
    const node = document.getElementById(`why-${key}`);
    if (!node) return;
    node.scrollIntoView({ block: "nearest" });
    node.classList.remove("flash");
    requestAnimationFrame(() => node.classList.add("flash"));
  }
}

function reasonLine({ rule, detail, file }) {
  return el("li", {}, el("code", { text: rule, title: file ?? "" }), el("span", { dir: "auto", text: detail }));
}
