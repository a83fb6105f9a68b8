import { ChevronDown } from 'lucide-react'
import { Fragment, type ReactNode } from 'react'
import { formatCount } from '@/lib/format'
import { classes } from '@/ui/classes'

export interface ChartSection<Item> {
  name: string
  items: readonly Item[]
}

interface ChartGridProps<Item> {
  sections: readonly ChartSection<Item>[]
  keyOf: (item: Item) => string
  folded: readonly string[]
  onFold: (folded: string[]) => void
  /** How many stand side by side; as many as fit if undefined. */
  columns?: number | undefined
  children: (item: Item) => ReactNode
}

const GAP = 12 // px

/** Charts in sections that fold. */
export function ChartGrid<Item>({ sections, keyOf, folded, onFold, columns, children }: ChartGridProps<Item>) {
  // Where no section fills a row, charts are wider; but all are of one width, so that they compare.
  const most = Math.max(1, ...sections.map(section => section.items.length))
  const least = `max(300px, (100% - ${(most - 1) * GAP + 1}px) / ${most})`
  const template = columns ? `repeat(${columns}, minmax(0, 1fr))` : `repeat(auto-fill, minmax(min(${least}, 100%), 1fr))`
  return sections.map(({ name, items }) => {
    const isFolded = folded.includes(name)
    return (
      <section key={name} aria-label={name}>
        <h2 className="sticky top-0 z-10 -mx-1 bg-surface">
          <button
            type="button"
            aria-expanded={!isFolded}
            onClick={() => onFold(isFolded ? folded.filter(each => each !== name) : [...folded, name])}
            className="flex h-10 w-full items-center gap-2 px-1 text-left"
          >
            <ChevronDown aria-hidden className={classes('size-3.5 text-fg3 transition-transform', isFolded && '-rotate-90')} />
            <span className="truncate font-semibold">{name}</span>
            <span className="num text-xs text-fg3">{formatCount(items.length)}</span>
          </button>
        </h2>
        {!isFolded && (
          <div className="grid pt-px pb-3" style={{ gap: GAP, gridTemplateColumns: template }}>
            {items.map(item => (
              <Fragment key={keyOf(item)}>{children(item)}</Fragment>
            ))}
          </div>
        )}
      </section>
    )
  })
}
