/* The page: its three columns, fed by one stream of server-sent events. */

import { ask } from "./dom.js";
import { Customers } from "./customers.js";
import { Mailbox } from "./mailbox.js";
import { Story } from "./story.js";
import { setUpAbout } from "./about.js";

const town = document.getElementById("town");
const shown = {};

const links = {
  post: (place) => {
    bring("customers");
    customers.point(place);
  },
  reasons: (key) => {
    bring("story");
    story.point(key);
  },
  mail: (messageId) => {
    bring("mailbox");
    mailbox.openByMessageId(messageId);
  },
};

const customers = new Customers(links);
const story = new Story(links);
const mailbox = new Mailbox(links);

/** On a narrow screen one column is shown at a time. */
function bring(column) {
  town.dataset.shown = column;
  for (const button of document.querySelectorAll("#switch button")) {
    button.setAttribute("aria-current", String(button.dataset.column === column));
  }
}

for (const button of document.querySelectorAll("#switch button")) {
  button.addEventListener("click", () => bring(button.dataset.column));
}

function pulse(state, word) {
  const node = document.getElementById("pulse");
  node.dataset.state = state;
  node.querySelector(".word").textContent = word;
}

function listen() {
  const stream = new EventSource("/live");
  stream.addEventListener("open", () => pulse("live", "live"));
  stream.addEventListener("error", () => pulse("lost", "the demo is not running"));
  for (const part of ["boards", "mailbox", "story"]) {
    stream.addEventListener(part, (event) => {
      shown[part] = JSON.parse(event.data);
      show();
    });
  }
}

function show() {
  const { boards, story: told, mailbox: mails } = shown;
  if (boards) customers.show(boards, told);
  if (told) story.show(told);
  if (mails) mailbox.show(mails, told);
}

/** A link from a mail leads here with a board and a topic. */
function follow() {
  const asked = new URLSearchParams(location.search);
  const board = asked.get("board");
  if (board !== "forum" && board !== "talk") return;
  customers.point(`${board}/${location.hash.replace("#p", "") || asked.get("topic")}`);
}

const about = await ask("/about.json");
setUpAbout(about);
story.about = about;
follow();
listen();
