import { setHighlight } from '@/charts/highlight'
import type { ChartSeries } from '@/charts/series'
import { LongName } from '@/ui/LongName'

/** The names of the lines, where the page's own list is covered. Hover highlights. */
export function Legend({ series }: { series: readonly ChartSeries[] }) {
  return (
    <ul
      className="flex max-h-24 shrink-0 flex-wrap gap-x-4 gap-y-0.5 overflow-auto px-4 py-2.5 text-sm"
      onMouseLeave={() => setHighlight(null)}
    >
      {series.map(each => (
        <li key={each.id + each.label} className="flex max-w-72 items-center gap-2" onMouseEnter={() => setHighlight(each.id)}>
          <svg aria-hidden width="16" height="6" className="shrink-0">
            <line x1="0" x2="16" y1="3" y2="3" stroke={`var(${each.color})`} strokeWidth="3" strokeDasharray={each.dash.join(' ')} />
          </svg>
          <LongName name={each.label} />
        </li>
      ))}
    </ul>
  )
}
