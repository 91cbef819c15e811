/** An EventTarget whose events carry one value, for listeners that want the value alone. */
export class Emitter extends EventTarget {
  /**
   * Call *action* with the detail of every event of a type, until *signal* aborts.
   *
   * @param {string} type
   * @param {(detail: any) => void} action
   * @param {AbortSignal} signal
   */
  on(type, action, signal) {
    this.addEventListener(type, (event) => action(/** @type {CustomEvent} */ (event).detail), {
      signal,
    });
  }

  /**
   * Tell everybody who listens. Meant for the emitter itself.
   *
   * @protected
   * @param {string} type
   * @param {unknown} [detail]
   */
  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
