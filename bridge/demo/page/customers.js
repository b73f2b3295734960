/* The left column: the boards where customers speak, and the pen to speak there. */

import { announce, ask, el, keyed, put, sendsByKeys, tabs, trouble } from "./dom.js";
import { disc, placeOf, when } from "./words.js";

const HINTS = {
  forum: "Everyone can read this. Acme has an account here, so answers appear under the posts.",
  messages: "A direct message to Acme: only you and Acme can read it.",
  talk: "A board where Acme has no account: the bridge reads its Atom feed, and answers are given by hand.",
};

const IDEAS = [
  ["an outage", "Nothing loads", "Hello @acme, is the site down? I get an error since ten minutes and cannot log in. Please help!"],
  ["a complaint", "Broken on arrival", "My order arrived broken and nobody answers my mails. I want my money back."],
  ["auf Deutsch", "Paket kommt nicht an", "Meine Bestellung ist seit zwei Wochen nicht angekommen. Könnt ihr mir bitte helfen?"],
  ["praise", "Well done", "I love it! Best purchase of the year, thank you."],
  ["spam", "WIN WIN WIN", "Giveaway! Follow and share for a chance to win, link in bio, use code FREE24."],
];

const NAMES = ["Jane", "Omar", "Chiara", "田中", "Łukasz", "Zoë"];

export class Customers {
  constructor(links) {
    this.links = links;
    this.board = "forum";
    this.form = document.getElementById("compose");
    this.topics = document.getElementById("topics");
    this.pointed = null;
    this.select = tabs(document.getElementById("boards"), (name) => this.turn(name));
    document.getElementById("names").append(...NAMES.map((name) => el("option", { value: name })));
    document.getElementById("ideas").append(...IDEAS.map((idea) => this.idea(idea)));
    this.form.addEventListener("submit", (event) => this.post(event));
    sendsByKeys(this.form);
    this.turn("forum");
  }

  get author() {
    return this.form.author.value.trim();
  }

  idea([name, title, text]) {
    const fill = () => {
      this.form.title.value = title;
      this.form.text.value = text;
      this.form.text.focus();
    };
    return el("button", { type: "button", class: "chip", text: name, click: fill });
  }

  turn(board) {
    this.board = board;
    document.getElementById("board-hint").textContent = HINTS[board];
    document.getElementById("title-line").hidden = board === "messages";
    if (this.boards) this.show(this.boards, this.told);
  }

  show(boards, told) {
    this.boards = boards;
    this.told = told;
    this.verdicts = new Map((told?.posts ?? []).map((post) => [placeOf(post), post]));
    const channel = this.board === "talk" ? "talk" : "forum";
    keyed(this.topics, boards[this.board], {
      key: (topic) => `${this.board}/${topic.id}`,
      make: () => this.topic(channel),
      update: (node, topic) => this.fill(node, topic, channel),
    });
    this.seek();
  }

  topic(channel) {
    const answers = this.board !== "talk";
    const node = el("li", { class: "card topic" });
    node.heading = el("h3", { dir: "auto" });
    node.posts = el("ol", { class: "posts" });
    node.append(node.heading, node.posts);
    if (answers) node.append(this.replier(node, channel));
    return node;
  }

  fill(node, topic, channel) {
    node.topic = topic;
    put(node.heading, topic.title || `Messages with ${topic.customer ?? "a customer"}`);
    keyed(node.posts, topic.posts, {
      key: (post) => String(post.id),
      make: (post) => this.postNode(post, channel),
      update: (item, post, isNew) => this.fillPost(item, post, isNew),
    });
  }

  postNode(post, channel) {
    const node = el("li", { class: post.ours ? "post ours" : "post", id: `at-${channel}-${post.id}`, tabindex: "-1" });
    node.place = `${channel}/${post.id}`;
    node.note = el("span", { class: "dim" });
    node.text = el("p", { class: "text", dir: "auto" });
    node.verdict = el("button", { type: "button", class: "tag", hidden: true });
    node.verdict.addEventListener("click", () => this.links.reasons(node.post.key));
    node.tools = el("span", { class: "tools" });
    if (!post.ours) node.tools.append(...this.tools(node, channel, post.id));
    node.append(
      disc(post.author),
      el("p", { class: "who" }, el("b", { dir: "auto", text: post.author }), post.ours ? el("span", { class: "badge", text: "Acme’s answer" }) : null, when(post.at), node.note),
      node.text,
      el("div", { class: "under" }, node.verdict, node.tools),
    );
    return node;
  }

  fillPost(node, post, isNew) {
    node.item = post;
    put(node.text, post.deleted ? "This post was deleted." : post.text);
    put(node.note, post.edited ? "edited" : "");
    node.classList.toggle("gone", post.deleted);
    node.tools.hidden = post.deleted;
    if (isNew && post.ours && this.seenOnce) announce(`Acme answered: ${post.text}`);
    this.mark(node);
  }

  /** What the bridge made of a post, beside it. */
  mark(node) {
    const known = this.verdicts.get(node.place);
    node.post = known;
    node.verdict.hidden = !known || node.item.ours;
    if (node.verdict.hidden) return;
    const { verdict } = known;
    node.verdict.className = `tag ${!verdict ? "judging" : verdict.desk ? `to ${verdict.priority}` : "left"}`;
    const where = verdict?.desk ? `to ${verdict.desk}${verdict.priority === "normal" ? "" : `, ${verdict.priority}`}` : "left alone";
    put(node.verdict, verdict ? where : "being judged");
    node.verdict.title = "Why?";
  }

  tools(node, channel, id) {
    const path = `/${channel}/customers/posts/${id}`;
    const edit = el("button", { type: "button", class: "plain", text: "Edit", click: () => this.edit(node, path) });
    const remove = el("button", {
      type: "button",
      class: "plain",
      text: "Delete",
      click: () => this.tried(node, () => ask(path, { method: "DELETE" })),
    });
    return [edit, remove];
  }

  edit(node, path) {
    if (node.editor) return;
    const text = el("textarea", { rows: "3", maxlength: "20000", "aria-label": "New words" });
    text.value = node.item.text;
    const close = () => {
      node.editor.remove();
      node.editor = null;
      node.text.hidden = false;
    };
    const save = async (event) => {
      event.preventDefault();
      await this.tried(node, () => ask(path, { method: "PUT", body: { text: text.value } }));
      close();
    };
    node.editor = el(
      "form",
      { class: "inline", submit: save },
      text,
      el("div", { class: "foot" }, el("button", { type: "button", class: "plain", text: "Leave it", click: close }), el("button", { type: "submit", class: "strong", text: "Save" })),
    );
    sendsByKeys(node.editor);
    node.text.hidden = true;
    node.text.after(node.editor);
    text.focus();
  }

  /** Another customer, or the same one, says something more in the thread. */
  replier(topic, channel) {
    const text = el("textarea", { rows: "1", maxlength: "20000", required: true, placeholder: "Say more in this thread", "aria-label": "Reply in this thread" });
    const isPrivate = this.board === "messages";
    const send = async (event) => {
      event.preventDefault();
      const author = isPrivate ? topic.topic.customer : this.author;
      const body = { author, text: text.value, ...(isPrivate ? { private: true } : { topic: topic.topic.id }) };
      if (await this.tried(topic, () => ask(`/${channel}/customers/posts`, { method: "POST", body }))) text.value = "";
    };
    const form = el("form", { class: "reply", hidden: true, submit: send }, text, el("button", { type: "submit", class: "strong", text: "Reply" }));
    const open = () => {
      form.hidden = !form.hidden;
      button.setAttribute("aria-expanded", String(!form.hidden));
      if (!form.hidden) text.focus();
    };
    const button = el("button", { type: "button", class: "plain", text: "Reply", "aria-expanded": "false", click: open });
    sendsByKeys(form);
    return el("div", { class: "replying" }, button, form);
  }

  async post(event) {
    event.preventDefault();
    const { title, text } = this.form;
    const body = { author: this.author, text: text.value };
    if (this.board === "messages") body.private = true;
    else body.title = title.value.trim() || text.value.trim().slice(0, 60);
    const channel = this.board === "talk" ? "talk" : "forum";
    const note = document.getElementById("compose-trouble");
    try {
      const written = await ask(`/${channel}/customers/posts`, { method: "POST", body });
      trouble(note, "");
      title.value = text.value = "";
      this.pointed = `${channel}/${written.id}`;
      this.seek();
    } catch (problem) {
      trouble(note, problem.message);
    }
  }

  /** Do something and say beside the node where it fails. */
  async tried(node, work) {
    node.trouble ??= node.appendChild(el("p", { class: "trouble", role: "alert", hidden: true }));
    try {
      await work();
      trouble(node.trouble, "");
      return true;
    } catch (problem) {
      trouble(node.trouble, problem.message);
      return false;
    }
  }

  /** Show a post, as soon as it is there. */
  point(place) {
    this.pointed = place;
    this.seek();
  }

  seek() {
    this.seenOnce = true;
    if (!this.pointed || !this.boards) return;
    const [channel, id] = this.pointed.split("/");
    const board = this.boardOf(channel, Number(id));
    if (!board) return;
    if (board !== this.board) {
      this.select(board);
      return;
    }
    const node = document.getElementById(`at-${channel}-${id}`);
    if (!node) return;
    this.pointed = null;
    node.scrollIntoView({ block: "nearest" });
    node.classList.remove("flash");
    requestAnimationFrame(() => node.classList.add("flash"));
  }

  boardOf(channel, id) {
    const boards = channel === "talk" ? ["talk"] : ["forum", "messages"];
    return boards.find((board) => this.boards[board].some((topic) => topic.posts.some((post) => post.id === id)));
  }
}
