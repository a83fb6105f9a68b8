import { useState } from 'react'
import { contentAddress } from '@/api/assets'
import { type Confusion, shade } from '@/features/experiment/assets/confusion'
import { formatCount } from '@/lib/format'
import { classes } from '@/ui/classes'
import { Segmented } from '@/ui/Segmented'

const SCALES = [
  ['row', 'Share of row'],
  ['count', 'Count'],
] as const

/** Rows of actual classes over columns of predicted ones; a cell that is clicked shows its examples. */
export function ConfusionView({ experimentKey, matrix }: { experimentKey: string; matrix: Confusion }) {
  const [scale, setScale] = useState<'row' | 'count'>('row')
  const [chosen, setChosen] = useState<{ row: number; column: number }>()
  const { counts, labels, total, right } = matrix
  const isOfRow = scale === 'row'
  const examples = chosen && matrix.examples[chosen.row]?.[chosen.column]
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-11 shrink-0 items-center gap-3 border-b border-line px-4 text-sm">
        <span className="truncate font-medium">{matrix.title}</span>
        <span className="num truncate text-fg3">
          {formatCount(right)} of {formatCount(total)} right{total > 0 && ` (${((right / total) * 100).toFixed(1)} %)`}
        </span>
        <span className="ml-auto">
          <Segmented label="Scale" value={scale} options={SCALES} onChange={setScale} />
        </span>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
      <div className="min-h-0 flex-1 overflow-auto p-4" role="region" aria-label="Content" tabIndex={0}>
        <table className="num border-separate border-spacing-[2px] text-xs">
          <thead>
            <tr>
              <th className="max-w-[160px] pr-2 pb-1 text-right font-normal text-fg3">
                {matrix.rowLabel} ↓ {matrix.columnLabel} →
              </th>
              {labels.map((label, column) => (
                // oxlint-disable-next-line react/no-array-index-key -- labels may be alike
                <th key={column} title={label} className="max-w-[88px] truncate px-1 pb-1 text-center font-medium text-fg2">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {counts.map((row, at) => (
              // oxlint-disable-next-line react/no-array-index-key -- labels may be alike
              <tr key={at}>
                <th title={labels[at]} className="max-w-[160px] truncate pr-2 text-right font-medium text-fg2">
                  {labels[at]}
                </th>
                {row.map((count, column) => {
                  const dark = shade(counts, at, column, isOfRow)
                  const isChosen = chosen?.row === at && chosen.column === column
                  return (
                    // oxlint-disable-next-line react/no-array-index-key -- labels may be alike
                    <td key={column} className="p-0">
                      <button
                        type="button"
                        aria-pressed={isChosen}
                        title={`${labels[at]} taken for ${labels[column]}: ${formatCount(count)}`}
                        onClick={() => setChosen(isChosen ? undefined : { row: at, column })}
                        style={{ backgroundColor: `color-mix(in oklab, ${at === column ? 'var(--s2)' : 'var(--s7)'} ${Math.round(dark * 70)}%, var(--sunken))` }}
                        className={classes(
                          'h-8 w-full min-w-[52px] rounded-[4px] px-1.5 text-center text-fg',
                          count === 0 && 'text-fg3',
                          isChosen && 'ring-2 ring-accent',
                        )}
                      >
                        {isOfRow ? `${(dark * 100).toFixed(dark > 0 && dark < 0.1 ? 1 : 0)} %` : formatCount(count)}
                      </button>
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {chosen && (
        <section aria-label="Examples" className="max-h-[40%] shrink-0 overflow-auto border-t border-line px-4 py-2.5 text-xs">
          <h3 className="mb-2 font-semibold">
            {labels[chosen.row]} taken for {labels[chosen.column]}: {formatCount(counts[chosen.row]?.[chosen.column] ?? 0)}
          </h3>
          {!examples || examples.length === 0 ? (
            <p className="text-fg3">No examples were kept.</p>
          ) : (
            <ul className="flex flex-wrap gap-2">
              {examples.map((example, place) => (
                // oxlint-disable-next-line react/no-array-index-key -- examples may be alike
                <li key={place} className="grid max-w-[160px] justify-items-center gap-1 rounded-md bg-mute-soft px-2 py-1">
                  {example.asset && (
                    <img
                      src={contentAddress(experimentKey, example.asset)}
                      alt={`Example ${example.text}`}
                      loading="lazy"
                      className="size-16 rounded object-contain [image-rendering:pixelated]"
                    />
                  )}
                  {example.link ? (
                    <a href={example.link} target="_blank" rel="noreferrer noopener" className="max-w-full truncate text-accent hover:underline">
                      {example.text}
                    </a>
                  ) : (
                    <span className="num max-w-full break-words">{example.text}</span>
                  )}
                </li>
              ))}
            </ul>
          )}
        </section>
      )}
    </div>
  )
}
