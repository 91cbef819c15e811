/** Tabs by the book: arrow keys choose, one tab stop for all of them. */

/**
 * @param {HTMLElement} list the element with role `tablist`
 * @returns {(panel: string) => void} shows the panel of an id
 */
export function startTabs(list) {
  const tabs = /** @type {HTMLElement[]} */ ([...list.querySelectorAll('[role=tab]')]);
  const choose = (/** @type {HTMLElement} */ chosen) => {
    for (const tab of tabs) {
      const isChosen = tab === chosen;
      tab.setAttribute('aria-selected', String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute('aria-controls') ?? '');
      if (panel !== null) panel.hidden = !isChosen;
    }
  };
  list.addEventListener('click', ({ target }) => {
    const tab = tabs.find((one) => one.contains(/** @type {Node} */ (target)));
    if (tab) choose(tab);
  });
  list.addEventListener('keydown', (event) => {
    const at = tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = stepOf(event.key, at, tabs.length);
    if (at < 0 || next === null) return;
    event.preventDefault();
    choose(tabs[next]);
    tabs[next].focus();
  });
  choose(tabs[0]);
  return (panel) => {
    const tab = tabs.find((one) => one.getAttribute('aria-controls') === panel);
    if (tab) choose(tab);
  };
}

/**
 * @param {HTMLElement} list the element with role `tablist`
 * @returns {string} the id of the panel that is shown
 */
export function shownPanel(list) {
  return list.querySelector('[aria-selected=true]')?.getAttribute('aria-controls') ?? '';
}

/**
 * @param {string} key
 * @param {number} at
 * @param {number} count
 */
function stepOf(key, at, count) {
  if (key === 'ArrowRight') return (at + 1) % count;
  if (key === 'ArrowLeft') return (at + count - 1) % count;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return null;
}
