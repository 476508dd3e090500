// What axe-core, which the test puts before this, finds on the page: its id and the elements, a line each.
globalThis.findAll = async () => {
  const { violations } = await globalThis.axe.run();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
};
