/**
 * Parts of the page that are brought up to date where they are: an item stays the same element as
 * long as its key is listed, and a text that is the same is not written again. So no focus, press,
 * pointer or marked text is lost to news, and a screen reader hears of nothing that did not change.
 */

/**
 * @template Value
 * @typedef {{element: HTMLElement | SVGElement, update: (value: Value) => void}} Item
 */

/** @template Value */
export class KeyedList {
  #list;
  #makeItem;
  /** @type {Map<string, Item<Value>>} */
  #items = new Map();

  /**
   * @param {Element} list whose children are the items, and nothing else
   * @param {(value: Value) => Item<Value>} makeItem its `update` is called at once
   */
  constructor(list, makeItem) {
    this.#list = list;
    this.#makeItem = makeItem;
  }

  /** What stands on the page. */
  get element() {
    return this.#list;
  }

  get isEmpty() {
    return this.#items.size === 0;
  }

  /** @param {[string, Value][]} entries by key, in the order of the list */
  show(entries) {
    const listed = new Set(entries.map(([key]) => key));
    for (const [key, { element }] of this.#items) {
      if (listed.has(key)) continue;
      this.#items.delete(key);
      element.remove();
    }
    arrange(
      this.#list,
      entries.map(([key, value]) => this.#bringUpToDate(key, value)),
    );
  }

  /**
   * @param {string} key
   * @param {Value} value
   */
  #bringUpToDate(key, value) {
    const item = this.#items.get(key) ?? this.#makeItem(value);
    this.#items.set(key, item);
    item.update(value);
    return item.element;
  }
}

/**
 * Put a text into an element, unless it is there.
 *
 * @param {Element} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Put *items*, which are all that there is in *list* and maybe more, into their order. An item that
 * falls back is moved itself, not all those that it lets pass.
 *
 * @param {Element} list
 * @param {Element[]} items
 */
function arrange(list, items) {
  items.forEach((item, place) => {
    const there = list.children[place];
    if (there === item) return;
    if (there !== undefined && there.nextElementSibling === item) list.append(there);
    else list.insertBefore(item, there ?? null);
  });
}
