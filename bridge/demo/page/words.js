/* Times, names and colours as the page shows them. */

import { el, put } from "./dom.js";

/** How long ago, in one short word. */
function ago(moment) {
  const seconds = Math.max(0, (Date.now() - Date.parse(moment)) / 1000);
  if (seconds < 5) return "now";
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
  return new Date(moment).toLocaleDateString();
}

/** A time that stays true while the page is open. */
export function when(moment) {
  return el("time", { datetime: moment, title: new Date(moment).toLocaleString(), text: ago(moment) });
}

setInterval(() => {
  for (const node of document.querySelectorAll("time[datetime]")) put(node, ago(node.dateTime));
}, 1000);

/** A disc with the first letter of a name, in the name's own colour. */
export function disc(name) {
  const node = el("span", { class: "disc", "aria-hidden": "true", text: [...name][0]?.toUpperCase() ?? "?" });
  let sum = 7;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 360;
  node.style.setProperty("--hue", String(sum));
  return node;
}

/** Where a post of the story stands on the boards: forum/12. */
export function placeOf(post) {
  const found = /\/(forum|talk)\/topics\/\d+#p(\d+)$/.exec(post.url);
  return found ? `${found[1]}/${found[2]}` : post.key;
}

/** The board's name for people. */
export const PLATFORMS = { forum: "Forum", talk: "Town talk" };
