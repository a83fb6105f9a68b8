import { ChevronRight } from 'lucide-react'
import { Fragment, type ReactNode } from 'react'

interface PageHeaderProps {
  title: ReactNode
  /** Beside the title: a count, what is live. */
  aside?: ReactNode
  /** Right end: search and actions. */
  children?: ReactNode
}

/** The bar on top of a page. */
export function PageHeader({ title, aside, children }: PageHeaderProps) {
  return (
    <header className="flex min-h-[var(--bar)] shrink-0 flex-wrap items-center gap-x-2.5 gap-y-1 border-b border-line px-4 py-1.5">
      <h1 className="truncate text-base font-semibold tracking-[-.01em]">{title}</h1>
      {aside}
      <div className="ml-auto flex min-w-0 items-center gap-1">{children}</div>
    </header>
  )
}

/** Where a page stands: give links, the last one may be text. */
export function Breadcrumbs({ items }: { items: readonly { key: string; node: ReactNode }[] }) {
  return (
    <nav aria-label="Breadcrumbs" className="flex min-w-0 items-center gap-1 text-xs text-fg3 [&_a:hover]:text-fg [&_a:hover]:underline">
      {items.map(({ key, node }, place) => (
        <Fragment key={key}>
          {place > 0 && <ChevronRight aria-hidden className="size-3 shrink-0" />}
          <span className="min-w-0 truncate">{node}</span>
        </Fragment>
      ))}
    </nav>
  )
}
