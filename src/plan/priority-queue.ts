/** A binary heap: `pop` gives the smallest item by the given comparison; both ways in O(log n). */
export class PriorityQueue<T> {
  readonly #items: T[] = [];
  readonly #compare: (left: T, right: T) => number;

  constructor(compare: (left: T, right: T) => number) {
    this.#compare = compare;
  }

  push(item: T): void {
    this.#riseFrom(this.#items.push(item) - 1, item);
  }

  /** Takes the smallest item out; undefined when none is left. */
  pop(): T | undefined {
    const smallest = this.#items[0];
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) this.#sinkFromTop(last);
    return smallest;
  }

  #riseFrom(start: number, item: T): void {
    let index = start;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#items[parentIndex];
      if (parent === undefined || this.#compare(parent, item) <= 0) break;
      this.#items[index] = parent;
      index = parentIndex;
    }
    this.#items[index] = item;
  }

  #sinkFromTop(item: T): void {
    let index = 0;
    for (;;) {
      const childIndex = this.#smallerChildOf(index);
      const child = this.#items[childIndex];
      if (child === undefined || this.#compare(item, child) <= 0) break;
      this.#items[index] = child;
      index = childIndex;
    }
    this.#items[index] = item;
  }

  #smallerChildOf(index: number): number {
    const left = this.#items[2 * index + 1];
    const right = this.#items[2 * index + 2];
    const isRight = left !== undefined && right !== undefined && this.#compare(right, left) < 0;
    return 2 * index + (isRight ? 2 : 1);
  }
}
