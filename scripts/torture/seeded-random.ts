/** Random numbers that come again with the same seed (the mulberry32 generator). */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to but not including 1. */
  share(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** From 0 to `most`. */
  upTo(most: number): number {
    return this.share() * most;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[Math.floor(this.share() * choices.length)] ?? choices[0];
  }

  /** The seed of a generator of its own, so that what one does not draw changes nothing here. */
  branch(): SeededRandom {
    return new SeededRandom(Math.floor(this.share() * 4_294_967_296));
  }
}
