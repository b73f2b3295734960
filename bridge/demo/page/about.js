/* The dialog that says how to use the demo without this page. */

import { announce, el } from "./dom.js";

/** Fill in the places and commands of this run. */
export function setUpAbout(about) {
  const dialog = document.getElementById("about");
  for (const node of dialog.querySelectorAll("[data-fill]")) node.textContent = about[node.dataset.fill];
  for (const node of dialog.querySelectorAll("[data-command]")) {
    node.textContent = `${about.bridge} ${node.dataset.command} --config ${about.config}`;
  }
  for (const line of dialog.querySelectorAll(".command")) line.append(copier(line.querySelector("code")));
  document.getElementById("about-open").addEventListener("click", () => dialog.showModal());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}

function copier(code) {
  const copy = async () => {
    await navigator.clipboard.writeText(code.textContent);
    announce("copied");
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  };
  const button = el("button", { type: "button", class: "plain", text: "Copy", click: copy });
  return button;
}
