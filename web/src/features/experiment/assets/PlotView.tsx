import { linearTicks } from '@/charts/ticks'
import type { Plot } from '@/features/experiment/assets/plot'
import { formatTick } from '@/lib/format'

const WIDTH = 800
const HEIGHT = 460
const LEFT = 64
const RIGHT = 16
const TOP = 16
const BOTTOM = 32

/** A curve or a histogram with its axes. */
export function PlotView({ plot, label }: { plot: Plot; label: string }) {
  const { lines, bars, x, y } = plot
  const across = (value: number) => LEFT + ((value - x[0]) / (x[1] - x[0])) * (WIDTH - LEFT - RIGHT)
  const up = (value: number) => HEIGHT - BOTTOM - ((value - y[0]) / (y[1] - y[0])) * (HEIGHT - TOP - BOTTOM)
  return (
    <div className="flex min-h-0 flex-1 items-center justify-center overflow-hidden bg-surface p-4">
      <svg role="img" aria-label={label} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="num h-full max-h-[640px] w-full text-[11px]">
        {tickTexts(y, 6).map(({ at, text }) => (
          <g key={at}>
            <line x1={LEFT} x2={WIDTH - RIGHT} y1={up(at)} y2={up(at)} stroke="var(--grid)" />
            <text x={LEFT - 8} y={up(at)} dy="0.32em" textAnchor="end" fill="var(--text-3)">
              {text}
            </text>
          </g>
        ))}
        {tickTexts(x, 7).map(({ at, text }) => (
          <g key={at}>
            <line x1={across(at)} x2={across(at)} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM + 4} stroke="var(--line-2)" />
            <text x={across(at)} y={HEIGHT - BOTTOM + 18} textAnchor="middle" fill="var(--text-3)">
              {text}
            </text>
          </g>
        ))}
        <line x1={LEFT} x2={WIDTH - RIGHT} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} stroke="var(--line-2)" />
        {bars.map(bar => (
          <rect
            key={bar.left}
            x={across(bar.left)}
            width={Math.max(1, across(bar.right) - across(bar.left) - 1)}
            y={up(bar.height)}
            height={Math.max(1, HEIGHT - BOTTOM - up(bar.height))}
            fill="var(--s0)"
          >
            <title>{bar.text}</title>
          </rect>
        ))}
        {lines.map(line =>
          line.length === 1 ? (
            <circle key={line[0]?.[0]} cx={across(line[0]?.[0] ?? 0)} cy={up(line[0]?.[1] ?? 0)} r={3} fill="var(--s0)" />
          ) : (
            <polyline
              key={line[0]?.[0]}
              points={line.map(([atX, atY]) => `${across(atX).toFixed(2)},${up(atY).toFixed(2)}`).join(' ')}
              fill="none"
              stroke="var(--s0)"
              strokeWidth={1.5}
              strokeLinejoin="round"
            />
          ),
        )}
      </svg>
    </div>
  )
}

function tickTexts([low, high]: readonly [number, number], most: number): { at: number; text: string }[] {
  const ticks = linearTicks(low, high, most)
  const step = ticks.length > 1 ? (ticks[1] ?? 0) - (ticks[0] ?? 0) : high - low
  const largest = Math.max(...ticks.map(Math.abs))
  return ticks.map(at => ({ at, text: formatTick(at, step, largest) }))
}
