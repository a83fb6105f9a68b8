import type { ReactNode } from 'react'
import { classes } from '@/ui/classes'

interface CardProps {
  title: ReactNode
  /** Right end of the header. */
  extra?: ReactNode
  className?: string
  children: ReactNode
}

/** A framed part of a page with a heading. */
export function Card({ title, extra, className, children }: CardProps) {
  return (
    <section className={classes('min-w-0 rounded-lg bg-surface ring-1 ring-line', className)}>
      <header className="flex h-10 items-center gap-2 border-b border-line px-4">
        <h2 className="truncate text-sm font-semibold">{title}</h2>
        {extra !== undefined && <span className="num ml-auto flex shrink-0 items-center gap-2 text-xs text-fg3">{extra}</span>}
      </header>
      <div className="px-4 py-1.5">{children}</div>
    </section>
  )
}
