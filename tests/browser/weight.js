// What the page weighs as transferred, and whether it moved while it was loaded.
const FIRST = 150_000;
const LATER = 30_000;
const faults = [];
const [page] = performance.getEntriesByType("navigation");
const loaded = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/static/"));
const weight = page.transferSize + loaded.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
if (page.transferSize > LATER) faults.push(`weighs ${page.transferSize} bytes`);
if (weight > FIRST) faults.push(`weighs ${weight} bytes with all it loads`);
const moves = new PerformanceObserver(() => {});
moves.observe({ type: "layout-shift", buffered: true });
for (const { value, sources } of moves.takeRecords()) faults.push(`moves by ${value}: ${sources[0]?.node?.className}`);
return faults;
