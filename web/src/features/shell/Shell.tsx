import { useQueryClient } from '@tanstack/react-query'
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { Menu as MenuIcon, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { startLive } from '@/api/live'
import { CommandPalette } from '@/features/shell/CommandPalette'
import { Rail } from '@/features/shell/Rail'
import { ShortcutsDialog } from '@/features/shell/ShortcutsDialog'
import { useShortcut } from '@/lib/keyboard'
import { classes } from '@/ui/classes'

/** The frame around every page: rail, command palette, shortcuts, live connection. */
export function Shell() {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const path = useRouterState({ select: state => state.location.pathname })
  // Phones only: the rail lies over the page, and goes away with the page it was opened on.
  const [railOpenAt, setRailOpenAt] = useState('')
  const isRailOpen = railOpenAt === path
  const setRailOpen = (isOpen: boolean) => setRailOpenAt(isOpen ? path : '')
  const [isPaletteOpen, setPaletteOpen] = useState(false)
  const [isHelpOpen, setHelpOpen] = useState(false)
  useEffect(() => startLive(queries), [queries])
  useShortcut('k', () => setPaletteOpen(isOpen => !isOpen), { hasMod: true })
  useShortcut('?', () => setHelpOpen(true))
  useShortcut('Escape', () => setRailOpen(false), { isOff: !isRailOpen })
  useShortcut('h', () => void navigate({ to: '/' }))

  return (
    <div className="flex h-dvh">
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded focus:bg-raised focus:p-2">
        Skip to content
      </a>
      <button
        type="button"
        onClick={() => setRailOpen(!isRailOpen)}
        aria-label={isRailOpen ? 'Close navigation' : 'Open navigation'}
        aria-expanded={isRailOpen}
        className="fixed right-3 bottom-3 z-40 flex size-11 items-center justify-center rounded-full bg-raised shadow-2 ring-1 ring-line2 md:hidden"
      >
        {isRailOpen ? <X className="size-5" /> : <MenuIcon className="size-5" />}
      </button>
      {isRailOpen && <div aria-hidden onClick={() => setRailOpen(false)} className="fixed inset-0 z-20 bg-[rgb(12_13_16/.45)] md:hidden" />}
      <div
        className={classes(
          'z-30 flex w-[var(--rail)] shrink-0 bg-bg max-md:fixed max-md:inset-y-0 max-md:left-0 max-md:w-64 max-md:shadow-2 max-md:transition-transform',
          !isRailOpen && 'max-md:invisible max-md:-translate-x-full',
        )}
      >
        <Rail onSearch={() => setPaletteOpen(true)} onHelp={() => setHelpOpen(true)} />
      </div>
      <main id="main" className="min-w-0 flex-1 md:py-2 md:pr-2">
        <div className="relative flex h-full flex-col overflow-hidden bg-surface md:rounded-[10px] md:shadow-1 md:ring-1 md:ring-line">
          <Outlet />
        </div>
      </main>
      <CommandPalette isOpen={isPaletteOpen} onClose={() => setPaletteOpen(false)} />
      <ShortcutsDialog isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  )
}
