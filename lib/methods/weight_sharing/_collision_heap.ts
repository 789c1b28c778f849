/** A binary heap of events: the earliest first, equal times in the order they were pushed. */
export class CollisionHeap<T> {
  readonly #events: { readonly time: number; readonly turn: number; readonly item: T }[] = [];
  #turn = 0;

  push(time: number, item: T): void {
    const events = this.#events;
    const event = { time, turn: this.#turn++, item };
    let at = events.length;
    events.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(event, events[parent])) break;
      events[at] = events[parent];
      at = parent;
    }
    events[at] = event;
  }

  /** Takes out the earliest event; `undefined` if there is none. */
  pop(): { readonly time: number; readonly item: T } | undefined {
    const events = this.#events;
    const [first] = events;
    const moved = events.pop();
    if (moved === undefined || events.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= events.length) break;
      if (child + 1 < events.length && this.#before(events[child + 1], events[child])) child++;
      if (!this.#before(events[child], moved)) break;
      events[at] = events[child];
      at = child;
    }
    events[at] = moved;
    return first;
  }

  #before(a: { time: number; turn: number }, b: { time: number; turn: number }): boolean {
    return a.time < b.time || (a.time === b.time && a.turn < b.turn);
  }
}
