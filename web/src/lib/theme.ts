import { useSyncExternalStore } from 'react'

/** What the user chose; `system` follows the machine. */
export type ThemeChoice = 'light' | 'dark' | 'system'
export type Theme = 'light' | 'dark'

const KEY = 'halley.theme' // public/theme.js reads it before the first paint
const listeners = new Set<() => void>()
const system = () => matchMedia('(prefers-color-scheme: dark)')

function readChoice(): ThemeChoice {
  try {
    const kept = localStorage.getItem(KEY)
    return kept === 'light' || kept === 'dark' ? kept : 'system'
  } catch {
    return 'system'
  }
}

let choice: ThemeChoice = readChoice()

function readTheme(): Theme {
  return document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light'
}

function apply(): void {
  document.documentElement.dataset['theme'] = choice === 'system' ? (system().matches ? 'dark' : 'light') : choice
  listeners.forEach(listener => listener())
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) system().addEventListener('change', apply)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) system().removeEventListener('change', apply)
  }
}

/** Chooses a theme and, where the browser lets us, remembers it. */
export function chooseTheme(next: ThemeChoice): void {
  choice = next
  try {
    if (next === 'system') localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, next)
  } catch {
    // Storage is off: the choice holds until the tab closes.
  }
  apply()
}

/** The theme that is shown. */
export const useTheme = () => useSyncExternalStore(subscribe, readTheme)
/** The theme that was chosen. */
export const useThemeChoice = () => useSyncExternalStore(subscribe, () => choice)
