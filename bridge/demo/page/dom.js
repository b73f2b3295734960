/* Small tools for the page's parts: elements, lists that keep their nodes, tabs, requests. */

/** An element; functions become listeners, `text` its text, everything else attributes (false and null are left out). */
export function el(tag, given = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (name === "text") node.textContent = value;
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Set a text only where it differs, so that selections and live regions are left in peace. */
export function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Show these items in this order; a node is made once for a key and updated afterwards, so focus and input survive. */
export function keyed(parent, items, { key, make, update }) {
  const known = (parent.known ??= new Map());
  const wanted = new Set(items.map(key));
  for (const [name, node] of known) {
    if (!wanted.has(name)) {
      node.remove();
      known.delete(name);
    }
  }
  let previous = null;
  for (const item of items) {
    const name = key(item);
    const isNew = !known.has(name);
    if (isNew) known.set(name, make(item));
    const node = known.get(name);
    update(node, item, isNew);
    const place = previous ? previous.nextSibling : parent.firstChild;
    if (place !== node) parent.insertBefore(node, place);
    previous = node;
  }
}

/** Tabs after the ARIA pattern: one stop for the Tab key, arrows between them. */
export function tabs(list, choose) {
  const all = [...list.querySelectorAll('[role="tab"]')];
  const select = (tab) => {
    for (const each of all) {
      const chosen = each === tab;
      each.setAttribute("aria-selected", String(chosen));
      each.tabIndex = chosen ? 0 : -1;
    }
    document.getElementById(tab.getAttribute("aria-controls")).setAttribute("aria-labelledby", tab.id);
    choose(tab.id.replace("tab-", ""));
  };
  for (const tab of all) tab.addEventListener("click", () => select(tab));
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    next.focus();
    select(next);
  });
  return (name) => select(document.getElementById(`tab-${name}`));
}

/** Ask this page's server; throws an Error with the server's own words where it refuses. */
export async function ask(path, { method = "GET", body } = {}) {
  const options = { method };
  if (body !== undefined) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error("the demo does not answer any more: was it stopped?");
  }
  if (!response.ok) throw new Error((await response.text()) || `the server said ${response.status}`);
  return response.status === 204 ? null : response.json();
}

/** Tell a form's trouble, or take it away. */
export function trouble(node, text) {
  node.hidden = !text;
  node.textContent = text;
}

/** Send a form with Ctrl and Enter, as mail clients do. */
export function sendsByKeys(form) {
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
}

/** Tell screen readers. */
export function announce(text) {
  document.getElementById("said").textContent = text;
}
