// What axe-core finds in the page: WCAG 2.2 at levels A and AA, and its own best practices.
async function inspect() {
  const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `fails axe's ${id}: ${html.slice(0, 160)}`));
}
