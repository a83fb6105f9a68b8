import type { ReactNode } from 'react'
import { classes } from '@/ui/classes'
import type { PanelProps } from '@/panels/contract'
import { metricKey, splitMetric, type Range } from '@/panels/line-chart/data'
import { Drawing } from '@/panels/line-chart/Drawing'
import type { LineChartOptions } from '@/panels/line-chart/options'

export interface LineChartPanelProps extends PanelProps<LineChartOptions> {
  /** The part of the x axis that is shown; all if null. */
  range: Range | null
  onRange: (range: Range | null) => void
  /** Opens the panel large; without it the panel is large already. */
  onExpand?: (() => void) | undefined
  /** px of the drawing; as high as the space it is given if undefined. */
  height?: number | undefined
  /** A word beside the title, such as the last value. */
  aside?: string | undefined
}

/** Metrics of experiments as lines. */
export function Panel(props: LineChartPanelProps) {
  const { options, metrics, onExpand, aside } = props
  const title = onExpand && <Title metrics={metrics} title={options.title} aside={aside} />
  const name = options.title || metrics.map(metricKey).join(', ')
  return (
    <article aria-label={name} className={classes('group flex min-w-0 flex-col rounded-lg', onExpand ? FRAME : 'h-full')}>
      <Drawing {...props} name={name} title={title} />
    </article>
  )
}

const FRAME = 'bg-surface ring-1 ring-line transition-shadow hover:ring-line2'

/** The frame of a panel that is out of sight, of the same size. */
export function WaitingPanel({ metrics, aside, height }: Pick<LineChartPanelProps, 'metrics' | 'aside' | 'height'>) {
  return (
    <article aria-label={metrics.map(metricKey).join(', ')} className={classes('flex min-w-0 flex-col rounded-lg', FRAME)}>
      <header className="flex h-9 shrink-0 items-center gap-1 px-3">
        <Title metrics={metrics} title="" aside={aside} />
      </header>
      <div style={{ height }} />
    </article>
  )
}

function Title({ metrics, title, aside }: { metrics: LineChartPanelProps['metrics']; title: string; aside: ReactNode }) {
  const only = metrics.length === 1 && !title ? metrics[0] : undefined
  const { section, title: rest } = only ? splitMetric(only) : { section: '', title: title || metrics.map(metricKey).join(', ') }
  return (
    <>
      <h3 className="truncate text-sm font-medium" title={section ? `${section}/${rest}` : rest}>
        {section && <span className="text-fg3">{section}/</span>}
        {rest}
      </h3>
      {aside !== undefined && <span className="num ml-2 shrink-0 text-sm text-fg2">{aside}</span>}
    </>
  )
}
