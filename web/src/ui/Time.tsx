import { useNow } from '@/lib/clock'
import { formatAgo, formatDuration, formatTime } from '@/lib/format'

/** How long ago something was, going on by itself; the exact moment on hover. */
export function Ago({ time }: { time: number }) {
  const now = useNow()
  return (
    <time dateTime={new Date(time).toISOString()} title={formatTime(time)} className="num">
      {formatAgo(time, now)}
    </time>
  )
}

/** How long something took, or has taken so far while `to` is null. */
export function Lasting({ from, to }: { from: number; to: number | null }) {
  return to === null ? <Ticking from={from} /> : <span className="num">{formatDuration(Math.max(0, to - from))}</span>
}

function Ticking({ from }: { from: number }) {
  const now = useNow()
  return <span className="num">{formatDuration(Math.max(0, Math.floor((now - from) / 1000) * 1000))}</span>
}
