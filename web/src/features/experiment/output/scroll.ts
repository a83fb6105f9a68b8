/** Where a long log stands, and what of it is in sight. Pure. */

export const LINE_HEIGHT = 20

/** Firefox cuts elements off at about 17.9 million px; longer logs get a scale. */
export const HEIGHT_LIMIT = 12_000_000

/** The measures of a log in its window, in px. */
export interface Frame {
  total: number
  /** Height of the window. */
  view: number
}

/** How far the log can be moved, in px of its own height. */
export function maxPosition({ total, view }: Frame): number {
  return Math.max(0, total * LINE_HEIGHT - view)
}

/** The height of what the browser scrolls: the log's own, or the limit. */
export function scrollHeight({ total, view }: Frame): number {
  return Math.max(view, Math.min(total * LINE_HEIGHT, HEIGHT_LIMIT))
}

/** Whether a px of the scrollbar is more than a px of the log. */
export function isScaled(frame: Frame): boolean {
  return frame.total * LINE_HEIGHT > HEIGHT_LIMIT
}

/** The browser's scroll offset for a position. */
export function toScrollTop(position: number, frame: Frame): number {
  const max = maxPosition(frame)
  return max === 0 ? 0 : (position / max) * (scrollHeight(frame) - frame.view)
}

/** The reverse. */
export function toPosition(scrollTop: number, frame: Frame): number {
  const span = scrollHeight(frame) - frame.view
  return span <= 0 ? 0 : Math.min(1, Math.max(0, scrollTop / span)) * maxPosition(frame)
}

/** The position that puts a line in the middle of the window. */
export function positionOf(line: number, frame: Frame): number {
  return Math.min(maxPosition(frame), Math.max(0, (line + 0.5) * LINE_HEIGHT - frame.view / 2))
}

/** The lines to draw, and where. */
export interface Sight {
  first: number
  /** One past the last. */
  end: number
  /** The line that holds the window's anchor, and how much of it lies above. */
  anchor: number
  fraction: number
  /** Where the anchor stands in the window, in px from its top. */
  anchorTop: number
}

/**
 * What is in sight at a position. The anchor moves through the window as the position moves through the log: at the
 * beginning it is the first line at the top, at the end the last at the bottom. So lines of any height, as wrapped
 * ones are, end where the window ends, and without wrapping every line stands at `line * LINE_HEIGHT - position`.
 */
export function inSight(position: number, frame: Frame, overscan = 4): Sight {
  const { total, view } = frame
  const max = maxPosition(frame)
  const share = max === 0 ? 0 : Math.min(1, position / max)
  const place = Math.min(share * total, total)
  const anchor = Math.max(0, Math.min(total - 1, Math.floor(place)))
  const above = Math.ceil((share * view) / LINE_HEIGHT) + overscan
  const below = Math.ceil(((1 - share) * view) / LINE_HEIGHT) + overscan
  return {
    first: Math.max(0, anchor - above),
    end: Math.min(total, anchor + below + 1),
    anchor,
    fraction: place - anchor,
    anchorTop: share * view,
  }
}

/** Lines come in pages of this many. */
export const PAGE_LINES = 200

/** The pages that hold lines `first` to `end`. */
export function pagesOf(first: number, end: number): number[] {
  const low = Math.floor(first / PAGE_LINES)
  const high = Math.floor(Math.max(first, end - 1) / PAGE_LINES)
  return Array.from({ length: high - low + 1 }, (_, step) => low + step)
}

/** The next match after (or before) a line, going round at the end; -1 if there are none. `places` ascend. */
export function nextMatch(places: readonly number[], line: number, isBackwards: boolean): number {
  if (places.length === 0) return -1
  if (!isBackwards) {
    const found = places.findIndex(place => place > line)
    return found < 0 ? 0 : found
  }
  const found = places.findLastIndex(place => place < line)
  return found < 0 ? places.length - 1 : found
}
