import { createLink } from '@tanstack/react-router'
import type { ComponentProps, ReactNode } from 'react'

/** A row of tabs; each is a link, so that a tab has an address. */
export function TabBar({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav aria-label={label} className="-mb-px flex gap-4 overflow-x-auto [scrollbar-width:none]">
      {children}
    </nav>
  )
}

function TabAnchor({ count, children, ...rest }: ComponentProps<'a'> & { count?: number }) {
  return (
    <a
      {...rest}
      className="flex h-9 shrink-0 items-center gap-1.5 border-b-2 border-transparent text-sm font-medium text-fg2 hover:text-fg aria-[current=page]:border-accent aria-[current=page]:text-fg"
    >
      {children}
      {count !== undefined && <span className="num text-xs font-normal text-fg3">{count.toLocaleString('en-US')}</span>}
    </a>
  )
}

/** A tab: takes the router's `to`, `params` and `search`, and a count. */
export const TabLink = createLink(TabAnchor)
