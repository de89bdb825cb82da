// What a control is called: the words of its label, its aria-label, or its own words.
function namesOf(node) {
  const words = (part) => {
    const copy = part.cloneNode(true);
    copy.querySelectorAll(".optional, .hidden-text").forEach((hidden) => hidden.remove());
    return copy.textContent.replace(/\s+/g, " ").trim();
  };
  const labels = [...(node.labels ?? [])].map(words);
  return [node.getAttribute("aria-label"), ...labels, ["BUTTON", "A"].includes(node.tagName) ? words(node) : null];
}

// The visible control of a kind that is called so.
function find(kind, name) {
  const fields = "input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select, textarea";
  const selectors = { field: fields, choice: "input[type=radio], input[type=checkbox]", button: "button", link: "a[href]" };
  const isSeen = (node) => [node, ...(node.labels ?? [])].some((part) => part.getClientRects().length > 0);
  const found = [...document.querySelectorAll(selectors[kind])].find((node) => isSeen(node) && namesOf(node).includes(name));
  // A box that is drawn by its label is clicked there.
  return kind === "choice" ? ([...(found?.labels ?? [])].find((label) => label.getClientRects().length > 0) ?? found ?? null) : (found ?? null);
}
