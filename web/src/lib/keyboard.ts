import { useEffect, useEffectEvent } from 'react'

/** Whether the user is typing into something, so that letters are not shortcuts. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    !(target instanceof HTMLInputElement && /^(checkbox|radio|range|button)$/.test(target.type))
  )
}

/** Whether a window is open over the page, so that the page's own shortcuts rest. */
function isCovered(): boolean {
  return document.querySelector('[role=dialog][data-open]:not([data-nested])') !== null
}

interface ShortcutOptions {
  isOff?: boolean
  /** Ctrl, or Cmd on a Mac, must be held. Such a shortcut works while typing and over dialogs too. */
  hasMod?: boolean
}

/** Calls `act` when a key is pressed anywhere on the page, unless the user is typing. `key` as in `KeyboardEvent.key`. */
export function useShortcut(
  key: string,
  act: (event: KeyboardEvent) => void,
  { isOff = false, hasMod = false }: ShortcutOptions = {},
): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== key.toLowerCase() || event.defaultPrevented || event.altKey) return
    if (hasMod !== (event.ctrlKey || event.metaKey)) return
    if (!hasMod && (isTyping(event.target) || isCovered())) return
    if (event.key === 'Enter' && event.target !== document.body) return // it belongs to what has the focus
    event.preventDefault()
    act(event)
  })
  useEffect(() => {
    if (isOff) return
    const listen = (event: KeyboardEvent) => onKey(event)
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [isOff])
}

interface ListKeys {
  count: number
  /** The row the keys act on; -1 is none. */
  active: number
  onMove: (place: number) => void
  /** Enter or `o`. */
  onOpen?: (place: number) => void
  /** `x` or Space. */
  onToggle?: (place: number) => void
}

/** j/k, arrows, Home/End, Enter and x over a list. Give the result to the list's `onKeyDown`, or leave it: j, k, o, x and Enter work page-wide. */
export function useListKeys({ count, active, onMove, onOpen, onToggle }: ListKeys) {
  const move = (place: number) => count > 0 && onMove(Math.max(0, Math.min(count - 1, place)))
  useShortcut('j', () => move(active + 1))
  useShortcut('k', () => move(Math.max(0, active - 1)))
  useShortcut('o', () => active >= 0 && onOpen?.(active), { isOff: !onOpen })
  useShortcut('Enter', () => active >= 0 && onOpen?.(active), { isOff: !onOpen })
  useShortcut('x', () => active >= 0 && onToggle?.(active), { isOff: !onToggle })
  return (event: React.KeyboardEvent) => {
    if (event.target !== event.currentTarget) return
    const steps: Record<string, () => unknown> = {
      ArrowDown: () => move(active + 1),
      ArrowUp: () => move(active - 1),
      Home: () => move(0),
      End: () => move(count - 1),
      PageDown: () => move(active + 20),
      PageUp: () => move(active - 20),
      Enter: () => active >= 0 && onOpen?.(active),
      ' ': () => active >= 0 && onToggle?.(active),
    }
    const step = steps[event.key]
    if (!step) return
    event.preventDefault()
    step()
  }
}

/** How this machine writes Ctrl or Cmd with a key. */
export function modKey(key: string): string {
  return /Mac|iPhone|iPad/.test(navigator.platform) ? `⌘${key}` : `Ctrl ${key}`
}
