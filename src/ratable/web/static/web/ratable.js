// What the keyboard does on every screen, copying, the panel, search and the theme. Without it every link and form still works.

(() => {
  "use strict";

  const typing = (target) => target.closest("input, select, textarea, [contenteditable]") !== null;
  const singles = () => localStorage.getItem("single-keys") !== "off";
  const dialogs = () => document.querySelector("dialog[open]");

  // Tables: arrows move between cells, j and k between rows, Enter opens, x selects, c copies.

  const rowOf = (element) => element && element.closest("[data-grid] tbody tr");
  const cellOf = (element) => element && element.closest("td, th");
  const focusable = (cell) => cell.querySelector("a, button, input") || cell;

  function focus(cell) {
    if (!cell) return;
    const target = focusable(cell);
    if (target === cell) cell.tabIndex = -1;
    target.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function rowsOf(grid) {
    return [...grid.querySelectorAll("tbody tr:not(.more)")];
  }

  function moveRow(by) {
    const here = rowOf(document.activeElement);
    const grid = here ? here.closest("[data-grid]") : [...document.querySelectorAll("main [data-grid]")].find((found) => found.checkVisibility());
    if (!grid) return;
    const rows = rowsOf(grid);
    const next = here ? rows[rows.indexOf(here) + by] : rows[0];
    if (!next) return;
    const cell = here ? next.children[cellOf(document.activeElement).cellIndex] : next.querySelector("a")?.closest("td, th");
    focus(cell || next.children[0]);
    if (document.querySelector("#panel").childElementCount && next.querySelector("[data-panel]")) openPanel(next.querySelector("[data-panel]"));
  }

  function arrows(event) {
    const cell = cellOf(event.target);
    const row = rowOf(event.target);
    if (!cell || !row) return false;
    const rows = rowsOf(row.closest("[data-grid]"));
    const at = rows.indexOf(row);
    const page = 12;
    const to = {
      ArrowRight: () => cell.nextElementSibling,
      ArrowLeft: () => cell.previousElementSibling,
      ArrowDown: () => rows[at + 1]?.children[cell.cellIndex],
      ArrowUp: () => rows[at - 1]?.children[cell.cellIndex],
      PageDown: () => rows[Math.min(at + page, rows.length - 1)].children[cell.cellIndex],
      PageUp: () => rows[Math.max(at - page, 0)].children[cell.cellIndex],
      Home: () => (event.ctrlKey ? rows[0] : row).children[0],
      End: () => (event.ctrlKey ? rows[rows.length - 1] : row).lastElementChild,
    }[event.key];
    if (!to) return false;
    focus(to());
    return true;
  }

  function select(row) {
    if (!row) return;
    const on = row.getAttribute("aria-selected") !== "true";
    row.setAttribute("aria-selected", String(on));
    const box = row.querySelector("input[type=checkbox]");
    if (box && box !== document.activeElement) { box.checked = on; box.dispatchEvent(new Event("change", { bubbles: true })); }
    sum(row.closest("[data-grid]"));
  }

  // Whole numbers of the smallest decimal that occurs, so that no sum is rounded.
  function added(texts) {
    const decimals = Math.max(0, ...texts.map((text) => (text.split(".")[1] || "").length));
    const total = texts.reduce((sum, text) => {
      const [whole, part = ""] = text.replace("-", "").split(".");
      const size = BigInt(whole + part.padEnd(decimals, "0"));
      return sum + (text.startsWith("-") ? -size : size);
    }, 0n);
    const size = (total < 0n ? -total : total).toString().padStart(decimals + 1, "0");
    const whole = size.slice(0, size.length - decimals).replace(/\B(?=(\d{3})+$)/g, ",");
    const said = decimals ? `${whole}.${size.slice(-decimals)}` : whole;
    return total < 0n ? `(${said})` : said;
  }

  function sum(grid) {
    const place = document.querySelector(`[data-sum="${grid.id}"]`);
    if (!place) return;
    const by = new Map();
    for (const cell of grid.querySelectorAll('tr[aria-selected="true"] [data-c]')) {
      const key = `${grid.tHead.rows[0].cells[cell.cellIndex].textContent} ${cell.dataset.c}`;
      by.set(key, [...(by.get(key) || []), cell.dataset.v]);
    }
    place.textContent = [...by].map(([key, values]) => `${key} ${added(values)}`).join(" · ");
  }

  function copy() {
    const chosen = [...document.querySelectorAll('[data-grid] tr[aria-selected="true"]')];
    const rows = chosen.length ? chosen : [rowOf(document.activeElement)].filter(Boolean);
    if (!rows.length) return;
    const head = [...rows[0].closest("table").tHead.rows[0].cells].map((cell) => cell.textContent);
    const lines = rows.map((row) => [...row.cells].map((cell) => cell.dataset.v || cell.textContent.trim()));
    navigator.clipboard.writeText([head, ...lines].map((line) => line.join("\t")).join("\n"));
    tell(`${rows.length} row${rows.length === 1 ? "" : "s"} copied`);
  }

  function tell(words) {
    const place = document.querySelector("#told") || document.body.appendChild(Object.assign(document.createElement("div"), { id: "told", className: "sr" }));
    place.setAttribute("role", "status");
    place.textContent = words;
  }

  // The panel: a link beside a list opens here, the list stays where it was, and the address says which.

  function openPanel(link) {
    const panel = document.querySelector("#panel");
    panel.dataset.from = link.href;
    htmx.ajax("GET", link.href, { target: "#panel", swap: "innerHTML" }).then(() => {
      const here = new URL(location.href);
      here.searchParams.set("open", new URL(link.href).pathname);
      history.replaceState(history.state, "", here);
    });
  }

  function closePanel() {
    const panel = document.querySelector("#panel");
    if (!panel.childElementCount) return false;
    panel.replaceChildren();
    const here = new URL(location.href);
    here.searchParams.delete("open");
    history.replaceState(history.state, "", here);
    const from = [...document.querySelectorAll("[data-panel]")].find((link) => link.href === panel.dataset.from);
    if (from) from.focus();
    return true;
  }

  // What the panel shows after an act is another row of the list: the address and the list follow it.
  document.addEventListener("htmx:afterSettle", () => {
    const at = document.querySelector("#panel [data-at]");
    for (const row of document.querySelectorAll('tr[aria-current="true"]')) row.removeAttribute("aria-current");
    if (!at) return;
    const here = new URL(location.href);
    if (at.dataset.at) here.searchParams.set("open", at.dataset.at); else here.searchParams.delete("open");
    history.replaceState(history.state, "", here);
    const link = [...document.querySelectorAll("main [data-panel]")].find((found) => new URL(found.href).pathname === at.dataset.at);
    if (!link) return;
    document.querySelector("#panel").dataset.from = link.href;
    rowOf(link)?.setAttribute("aria-current", "true");
    rowOf(link)?.scrollIntoView({ block: "nearest" });
  });

  document.addEventListener("click", (event) => {
    const copied = event.target.closest("[data-copy]");
    if (copied) { navigator.clipboard.writeText(copied.dataset.copy); tell("Copied"); }
    const link = event.target.closest("a[data-panel]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      openPanel(link);
      return;
    }
    if (event.target.closest("[data-close]")) { event.preventDefault(); closePanel(); }
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open).showModal();
    if (event.target.closest("[data-theme-switch]")) switchTheme();
    if (event.target.closest("[data-print]")) print();
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    const row = rowOf(event.target);
    if (row && (event.target.matches("input[type=checkbox]") || event.shiftKey)) { select(row); }
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-now]");
    if (form) form.requestSubmit();
    if (event.target.matches("[data-single-keys]")) localStorage.setItem("single-keys", event.target.checked ? "on" : "off");
  });

  // A form is sent once, and only while the server can be reached: what was typed stays on the page otherwise.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent === "reached") { form.dataset.sent = "yes"; return; }
    event.preventDefault();
    if (form.dataset.sent) return;
    form.dataset.sent = "asked";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-busy", "true");
    fetch("/healthz", { cache: "no-store" }).then(
      () => { form.dataset.sent = "reached"; form.requestSubmit(event.submitter); },
      () => { release(form); unreachable(form); },
    );
  });

  function release(form) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-busy");
  }

  function unreachable(form) {
    const words = "The server cannot be reached. Nothing was sent, and what you typed is still here.";
    form.previousElementSibling?.matches("[data-unreachable]") && form.previousElementSibling.remove();
    form.insertAdjacentHTML("beforebegin", `<div class="notice bad" role="alert" data-unreachable><p>${words}</p></div>`);
  }

  document.addEventListener("htmx:sendError", (event) => {
    const form = event.target.closest("form");
    if (form) unreachable(form);
  });

  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) release(form);
  });

  function switchTheme() {
    const dark = document.documentElement.dataset.theme === "dark" || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
    const theme = dark ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  }

  // Paper has no row that comes when one looks for it: where some are still to come, the page is asked for once more, whole.
  function print() {
    const here = new URL(location.href);
    const partly = document.querySelector("tr.more") && here.searchParams.get("whole") !== "yes";
    if (!partly) { window.print(); return; }
    here.searchParams.set("whole", "yes");
    here.hash = "print";
    location.assign(here);
  }

  // Search: screens at once, everything else from the server.

  const sought = document.querySelector("#sought");
  let asked = 0;
  async function search() {
    const mine = ++asked;
    const answer = await fetch(`${sought.dataset.search}?words=${encodeURIComponent(sought.value)}`, { headers: { "X-Requested-With": "fetch" } });
    if (mine === asked && answer.ok) document.querySelector("#found").innerHTML = await answer.text();
  }
  if (sought) {
    sought.addEventListener("input", search);
    sought.addEventListener("keydown", (event) => {
      const links = [...document.querySelectorAll("#found a")];
      const at = links.findIndex((link) => link.getAttribute("aria-selected") === "true");
      if (event.key === "Enter") { event.preventDefault(); (links[at] || links[0])?.click(); return; }
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!by || !links.length) return;
      event.preventDefault();
      links[at]?.removeAttribute("aria-selected");
      links[(at + by + links.length) % links.length].setAttribute("aria-selected", "true");
    });
  }

  // Keys.

  let going = false;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (!dialogs()) { document.querySelector("#palette").showModal(); search(); }
      return;
    }
    if (dialogs()) return;
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); return; }
    if (event.key === "Escape" && closePanel()) return;
    if (typing(event.target) && event.target.type !== "checkbox") return;
    if (arrows(event)) { event.preventDefault(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || !singles()) return;
    if (going) {
      going = false;
      document.querySelector(`[data-go="${CSS.escape(event.key)}"]`)?.click();
      return;
    }
    const named = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    const acts = {
      g: () => { going = true; setTimeout(() => { going = false; }, 1500); },
      j: () => moveRow(1),
      k: () => moveRow(-1),
      o: () => document.activeElement.closest("a, button")?.click(),
      e: () => {
        const asks = document.activeElement.closest("[data-why]") || rowOf(document.activeElement)?.querySelector("[data-why]");
        if (asks) openPanel({ href: new URL(asks.dataset.why, location.href).href });
        else rowOf(document.activeElement)?.querySelector("[data-panel]")?.click();
      },
      x: () => select(rowOf(document.activeElement)),
      c: copy,
      t: () => document.querySelectorAll("details.behind").forEach((behind) => { behind.open = !behind.open; }),
      p: print,
      "?": () => document.querySelector("#keys").showModal(),
      "/": () => { document.querySelector("#palette").showModal(); search(); },
    };
    if (named) { event.preventDefault(); named.click(); } else if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
  });

  document.addEventListener("DOMContentLoaded", () => {
    const single = document.querySelector("[data-single-keys]");
    if (single) single.checked = singles();
    if (location.hash === "#print") { history.replaceState(history.state, "", location.pathname + location.search); window.print(); }
    const open = new URL(location.href).searchParams.get("open");
    const link = open && [...document.querySelectorAll("a[data-panel]")].find((found) => new URL(found.href).pathname === open);
    if (link) openPanel(link);
  });
})();
