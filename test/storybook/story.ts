/** One template with one model. */
export interface Story {
  readonly name: string;
  /** The template's name, without `.ejs`. */
  readonly template: string;
  readonly model: (nowMs: number) => object;
}
