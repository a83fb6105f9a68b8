/** Which series is highlighted, anywhere on the page: a list and every chart share it. Outside React, for speed. */

let current: string | null = null
const listeners = new Set<() => void>()

/** Highlights a series in every chart; null ends it. */
export function setHighlight(id: string | null): void {
  if (id === current) return
  current = id
  listeners.forEach(listener => listener())
}

export const getHighlight = (): string | null => current

export function onHighlight(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
