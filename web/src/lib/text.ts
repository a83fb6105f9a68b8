/** A text of at most `length` characters: what is cut is the middle, as long names differ at their ends. */
export function shortenMiddle(text: string, length: number): string {
  if (text.length <= length) return text
  const head = Math.ceil((length - 1) / 2)
  return `${text.slice(0, head)}…${text.slice(text.length - (length - 1 - head))}`
}
