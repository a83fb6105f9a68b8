import { memo, type ReactNode } from 'react'
import { useSight } from '@/charts/watch'
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
  height?: number
  /** A word beside the title, such as the last value. */
  aside?: ReactNode
}

/** Metrics of experiments as lines. Out of sight it is an empty frame of the same size: a project may have hundreds. */
export const Panel = memo(function Panel(props: LineChartPanelProps) {
  const { options, metrics, onExpand, height, aside } = props
  const { ref, isVisible } = useSight()
  const name = options.title || metrics.map(metricKey).join(', ')
  const title = (
    <>
      {onExpand && <Title metrics={metrics} title={options.title} />}
      {aside !== undefined && <span className="num ml-2 shrink-0 text-sm text-fg2">{aside}</span>}
    </>
  )
  return (
    <article ref={ref} aria-label={name} className={classes('group flex min-w-0 flex-col rounded-lg', onExpand ? 'bg-surface ring-1 ring-line transition-shadow hover:ring-line2' : 'h-full')}>
      {isVisible ? (
        <Drawing {...props} name={name} title={title} />
      ) : (
        <>
          <header className="flex h-9 shrink-0 items-center gap-1 px-3">{title}</header>
          <div style={{ height }} />
        </>
      )}
    </article>
  )
})

function Title({ metrics, title }: { metrics: LineChartPanelProps['metrics']; title: string }) {
  const only = metrics.length === 1 && !title ? metrics[0] : undefined
  const { section, title: rest } = only ? splitMetric(only) : { section: '', title: title || metrics.map(metricKey).join(', ') }
  return (
    <h3 className="truncate text-sm font-medium" title={section ? `${section}/${rest}` : rest}>
      {section && <span className="text-fg3">{section}/</span>}
      {rest}
    </h3>
  )
}
