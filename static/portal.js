// Enhancement only: every page works without this file. No network, no markup made from strings.
(() => {
  const root = document.documentElement;
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

  // Theme: applied at once, then the form tells the server, which keeps the cookie.
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-theme-choice]");
    if (choice) chooseTheme(event, choice);
    if (event.target.closest("[data-print]")) window.print();
    for (const open of document.querySelectorAll("details.menu[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });

  function chooseTheme(event, choice) {
    event.preventDefault();
    if (choice.value === "auto") delete root.dataset.theme;
    else root.dataset.theme = choice.value;
    for (const other of choice.form.querySelectorAll("[data-theme-choice]")) {
      other.setAttribute("aria-pressed", String(other === choice));
    }
    const body = new URLSearchParams(new FormData(choice.form));
    body.set("theme", choice.value);
    fetch(choice.form.action, { method: "POST", body, redirect: "manual" });
    choice.closest("details").open = false;
  }

  // Keys: "/" searches, "?" lists the keys, g and a letter go to a page, j and k move over the rows of a list, Escape
  // closes. Those of one letter can be switched off.
  const keys = document.getElementById("keys");
  let isGoing = false;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return closeMenus();
    if (event.target.closest(".find")) return moveHit(event);
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || keys?.dataset.keys !== "on") return;
    if (isGoing) go(event.key);
    isGoing = !isGoing && event.key === "g";
    if (event.key === "/") focusSearch(event);
    if (event.key === "?") keys.showModal();
    if (event.key === "j" || event.key === "k") moveRow(event.key === "j" ? 1 : -1);
  });

  function closeMenus() {
    for (const menu of document.querySelectorAll("details.menu[open], details.mobile-menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    document.getElementById("find-hits")?.replaceChildren();
  }

  function go(key) {
    document.querySelector(`.nav [data-go="${CSS.escape(key)}"]`)?.click();
  }

  function focusSearch(event) {
    const search = document.querySelector("[data-find]");
    event.preventDefault();
    if (search.checkVisibility()) search.focus();
    else location.assign("/search");
  }

  // The arrows go from the search over what it found, and back.
  function moveHit(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const places = [...event.target.closest(".find").querySelectorAll("[data-find], .find-hits a")];
    places[Math.max(0, Math.min(places.length - 1, places.indexOf(document.activeElement) + step))].focus();
  }

  function moveRow(step) {
    const links = [...document.querySelectorAll(".table tbody th[scope=row] a, .queue .task")];
    if (links.length === 0) return;
    const here = links.indexOf(document.activeElement);
    const next = here === -1 && step < 0 ? links.length - 1 : here + step;
    links[Math.max(0, Math.min(links.length - 1, next))].focus();
  }

  document.addEventListener("change", (event) => countUnsaved(event.target.form));

  // In a table of prices Enter goes to the next price below and Escape puts the price back.
  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest("table input[inputmode=decimal]");
    if (!cell || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Enter") return nextBelow(cell)?.focus();
    cell.value = cell.defaultValue;
    cell.dispatchEvent(new Event("input", { bubbles: true }));
  });

  function nextBelow(cell) {
    const place = cell.closest("td, th").cellIndex;
    const rows = [...cell.closest("table").rows];
    const below = rows.slice(cell.closest("tr").rowIndex + 1);
    return below.map((row) => row.cells[place]?.querySelector("input[inputmode=decimal]")).find(Boolean);
  }

  // A second press of a button of a form that changes something must not send it twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
    tellFile(form);
  });

  // A large file takes its time on the way.
  function tellFile(form) {
    const file = form.querySelector("input[type=file]")?.files[0];
    const said = form.querySelector("[data-sending]");
    if (!file || !said) return;
    const progress = document.createElement("progress");
    progress.setAttribute("aria-label", "Sending the file");
    said.replaceChildren(progress, ` Sending ${file.name}, ${(file.size / 1e6).toFixed(1)} MB`);
  }

  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
      form.querySelector("[data-sending]")?.replaceChildren();
    }
  });

  // Save bar: how many fields differ from what the server sent.
  document.addEventListener("input", (event) => {
    countUnsaved(event.target.form);
    previewMargin(event.target);
  });

  function countUnsaved(form) {
    const out = form?.matches("[data-unsaved]") && form.querySelector("[data-unsaved-count]");
    if (!out) return;
    const changed = [...form.elements].filter(isChanged).length;
    if (changed === 0) out.textContent = "No unsaved changes";
    else out.textContent = changed === 1 ? "1 unsaved change" : `${changed} unsaved changes`;
  }

  function isChanged(field) {
    if (!field.name || field.type === "hidden") return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked && (field.type === "checkbox" || field.checked);
    if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected && option.selected);
    return "defaultValue" in field && field.value !== field.defaultValue;
  }

  // Margin while typing a price: (price - reference) / price. Display only; the server decides.
  function previewMargin(field) {
    const row = field.closest("tr[data-reference]");
    const out = row?.querySelector("[data-margin]");
    if (!out || field.inputMode !== "decimal") return;
    const price = Number(field.value.replace(/[\s,$]/g, ""));
    const reference = Number(row.dataset.reference);
    const margin = price > 0 ? ((price - reference) / price) * 100 : NaN;
    out.textContent = Number.isFinite(margin) ? `${margin.toFixed(1).replace("-", "\u2212")}%` : "–";
    row.querySelector(".share-bar .front")?.setAttribute("width", String(Math.max(0, Math.min(100, margin || 0))));
    row.classList.toggle("changed", field.value !== field.defaultValue);
  }

  // A page does not stay readable after its session. Typing is use, and so is any page in another tab. What was typed and
  // not sent outlives the page; it comes back when the same person signs in in another tab.
  const { who, idle, longest } = document.body.dataset;
  const session = { used: Date.now(), endsAt: Date.now() + Number(longest) * 1000, unsent: null };
  if (idle && "BroadcastChannel" in window) endWithSession(Number(idle) * 1000);

  function endWithSession(idleFor) {
    const tabs = new BroadcastChannel("session");
    const use = () => {
      session.used = Date.now();
      tabs.postMessage(who);
    };
    use();
    tabs.onmessage = ({ data }) => {
      if (data === "over") return emptyPage();
      if (data !== who) return;
      session.used = Date.now();
      if (session.unsent) fillAgain();
    };
    document.addEventListener("input", () => {
      if (Date.now() - session.used > 60_000) fetch("/help", { method: "HEAD" }).then((answer) => answer.ok && use());
    });
    document.addEventListener("submit", (event) => {
      if (event.target.action.endsWith("/sign-out")) tabs.postMessage("over");
    });
    const look = () => Date.now() > Math.min(session.used + idleFor, session.endsAt) && emptyPage();
    setInterval(look, 5_000);
    document.addEventListener("visibilitychange", look);
  }

  const postingForms = () => [...document.querySelectorAll("form[method=post]")];

  function emptyPage() {
    if (session.unsent) return;
    session.unsent = postingForms().map((form) => [...form.elements].map((field) => (field.type !== "password" && isChanged(field) ? { value: field.value, checked: field.checked } : null)));
    const isTyped = session.unsent.flat().some(Boolean);
    const [main, said, kept, link] = ["main", "h1", "p", "a"].map((name) => document.createElement(name));
    main.className = "main";
    said.textContent = "Your session is over";
    kept.textContent = isTyped ? "What you typed comes back here once you have signed in in another tab." : "";
    link.href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = "Sign in again";
    if (isTyped) link.target = "_blank";
    main.append(said, kept, link);
    document.body.replaceChildren(main);
  }

  async function fillAgain() {
    await htmx.ajax("GET", location.href, { target: "body", swap: "innerMorph" });
    if (postingForms().length !== session.unsent?.length) return;
    postingForms().forEach((form, place) => {
      session.unsent[place].forEach((typed, field) => typed && fill(form.elements[field], typed));
      countUnsaved(form);
    });
    session.endsAt = Date.now() + Number(longest) * 1000;
    session.unsent = null;
  }

  function fill(field, { value, checked }) {
    field.value = value;
    field.checked = checked;
  }

  // What went wrong is read first.
  document.querySelector(".error-summary")?.focus({ preventScroll: true });
})();
