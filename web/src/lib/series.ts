/** How many colours the palette has before it repeats with dashes. */
export const SERIES_COLORS = 10

/** The token of an experiment's colour, such as `--s3`. By its number, so that it is the same on every page and for ever. */
export function seriesToken(number: number): string {
  return `--s${((number % SERIES_COLORS) + SERIES_COLORS) % SERIES_COLORS}`
}

/** The same as a CSS colour. */
export function seriesColor(number: number): string {
  return `var(${seriesToken(number)})`
}
