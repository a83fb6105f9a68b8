import { useState } from 'react'
import { matchesText, orderByName, splitName, toJson } from '@/features/experiment/facts'
import { formatCount } from '@/lib/format'
import { formatValue, type Value } from '@/lib/value'
import { Card } from '@/ui/Card'
import { classes } from '@/ui/classes'
import { CopyButton } from '@/ui/CopyButton'
import { SearchField } from '@/ui/SearchField'

const FILTERED_FROM = 13 // fewer fit on a screen

interface PairsCardProps {
  title: string
  pairs: readonly { name: string; value: Value; source?: string }[]
  empty: string
  /** The call that would fill it. */
  hint: string
}

/** Names and values, with a filter where there are many. */
export function PairsCard({ title, pairs, empty, hint }: PairsCardProps) {
  const [text, setText] = useState('')
  const found = orderByName(pairs).filter(pair =>
    matchesText(text, splitName(pair.name).path + splitName(pair.name).last, String(pair.value)),
  )
  const extra = pairs.length > 0 && (
    <>
      {formatCount(pairs.length)}
      <CopyButton text={toJson(pairs)} label={`Copy ${title.toLowerCase()} as JSON`} className="-mr-1.5" />
    </>
  )
  return (
    <Card title={title} extra={extra}>
      {pairs.length === 0 ? (
        <p className="py-4 text-sm text-fg3">
          {empty} <code className="font-mono text-xs">{hint}</code>
        </p>
      ) : (
        <>
          {pairs.length >= FILTERED_FROM && (
            <SearchField label={`Find in ${title.toLowerCase()}`} value={text} onChange={setText} className="my-1.5" />
          )}
          {found.length === 0 && <p className="py-4 text-sm text-fg3">Nothing holds “{text}”.</p>}
          <dl className="text-sm">
            {found.map(pair => (
              <Pair key={pair.name} name={pair.name} value={pair.value} />
            ))}
          </dl>
        </>
      )}
    </Card>
  )
}

const LOOKS = { number: 'num', word: 'font-mono text-xs text-fg3', code: 'font-mono text-xs', text: '' }

function Pair({ name, value }: { name: string; value: Value }) {
  const { path, last } = splitName(name)
  const { text, look } = formatValue(value)
  return (
    <div className="group grid min-h-[30px] grid-cols-[minmax(96px,40%)_minmax(0,1fr)] items-center gap-x-2 border-t border-line py-1 first:border-0">
      <dt title={path + last} className="flex min-w-0 font-mono text-xs text-fg2">
        {path && <span className="min-w-[4ch] shrink-[1000] truncate text-fg3">{path}</span>}
        <span className="min-w-0 truncate">{last}</span>
      </dt>
      <dd className="flex min-w-0 items-center gap-2">
        <span title={String(value)} className={classes('line-clamp-3 min-w-0 flex-1 break-words', LOOKS[look])}>
          {text}
        </span>
        <CopyButton
          text={String(value)}
          label={`Copy ${last}`}
          className="-my-1 opacity-0 group-hover:opacity-100 focus-visible:opacity-100"
        />
      </dd>
    </div>
  )
}
