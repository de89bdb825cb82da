// What is wrong with the page as it is shown now.
const faults = [];
const shown = (node) => node.getClientRects().length > 0;
const told = (node) => `<${node.tagName.toLowerCase()}> “${(node.getAttribute("name") ?? node.innerText ?? "").trim().slice(0, 40)}”`;

const excess = document.documentElement.scrollWidth - window.innerWidth;
if (excess > 0) faults.push(`is ${excess} pixels too wide`);
// What leaves its card, unless it is moved within it.
const isMoved = (node, card) => {
  for (let at = node; ; at = at.parentElement) {
    if (getComputedStyle(at).overflowX !== "visible") return true;
    if (at === card) return false;
  }
};
for (const card of document.querySelectorAll(".card")) {
  const edge = card.getBoundingClientRect().right + 1;
  const leaves = (node) => shown(node) && node.getBoundingClientRect().right > edge && !node.closest(".hidden-text, [popover]");
  const out = [...card.querySelectorAll("*")].find((node) => leaves(node) && !isMoved(node, card));
  if (out) faults.push(`${told(out)} leaves its card`);
}

// Words that are cut, and nothing tells the rest; what is there for those alone who hear the page has no width.
for (const node of document.querySelectorAll("body *:not(svg *):not(script):not(option):not(.hidden-text)")) {
  const isCut = ["hidden", "clip"].includes(getComputedStyle(node).overflowX) && node.clientWidth > 1 && node.scrollWidth > node.clientWidth + 1;
  if (isCut && shown(node) && node.innerText?.trim() && !node.closest("[title], [aria-hidden=true], .hidden-text, .skip")) {
    faults.push(`${told(node)} is cut`);
  }
}
const headings = [...document.querySelectorAll("h1")].filter(shown).length;
if (headings !== 1) faults.push(`has ${headings} first headings`);

// What the content security policy refused since the page was opened.
const refused = new ReportingObserver(() => {}, { types: ["csp-violation"], buffered: true });
refused.observe();
for (const { body } of refused.takeRecords()) faults.push(`breaks its policy: ${body.effectiveDirective} ${body.blockedURL}`);

const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
for (const id of new Set(ids.filter((id, place) => ids.indexOf(id) !== place))) faults.push(`has the id ${id} twice`);

for (const node of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
  const isNamed = node.labels?.length > 0 || node.hasAttribute("aria-label") || node.hasAttribute("aria-labelledby");
  if (shown(node) && !isNamed) faults.push(`${told(node)} has no label`);
}
for (const node of document.querySelectorAll("a[href], button")) {
  if (shown(node) && !(node.textContent.trim() || node.getAttribute("aria-label"))) faults.push(`${told(node)} has no words`);
}

// Contrast of words with what is behind them: 4.5 to 1, 3 to 1 for large ones.
const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
const known = new Map();
const rgba = (color) => {
  if (!known.has(color)) known.set(color, painted(color));
  return known.get(color);
};
const painted = (color) => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
  return { channels: [red, green, blue], alpha: alpha / 255 };
};
const over = (top, below) => top.channels.map((value, place) => value * top.alpha + below[place] * (1 - top.alpha));
const behind = (node) => {
  if (!node) return [255, 255, 255];
  const own = rgba(getComputedStyle(node).backgroundColor);
  return own.alpha === 1 ? own.channels : over(own, behind(node.parentElement));
};
const luminance = (channels) => {
  const [red, green, blue] = channels.map((value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
for (const node of document.querySelectorAll("body *:not(svg *):not(script)")) {
  const hasWords = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.textContent.trim());
  const style = getComputedStyle(node);
  if (!hasWords || !shown(node) || node.closest(":disabled, .hidden-text, .skip, [aria-hidden=true]") || style.visibility === "hidden") continue;
  const below = behind(node);
  const [light, dark] = [luminance(over(rgba(style.color), below)), luminance(below)].sort((a, b) => b - a);
  const isLarge = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
  const ratio = (light + 0.05) / (dark + 0.05);
  if (ratio < (isLarge ? 3 : 4.5)) faults.push(`${told(node)} has a contrast of ${ratio.toFixed(2)}`);
}
return [...new Set(faults)];
