import { useQueryClient } from '@tanstack/react-query'
import { Copy, Link2, X } from 'lucide-react'
import { outputQuery, type Stream } from '@/api/output'
import { describeError } from '@/api/errors'
import { stripAnsi } from '@/features/experiment/output/ansi'
import type { LineRange } from '@/features/experiment/view'
import { copyText } from '@/lib/clipboard'
import { formatCount } from '@/lib/format'
import { Button, IconButton } from '@/ui/Button'
import { notify } from '@/ui/Toast'

const COPY_LIMIT = 10_000 // as many as one request of the API gives

interface PickedLinesProps {
  experimentKey: string
  stream: Stream
  picked: LineRange
  onClear: () => void
}

/** What can be done with the lines that are picked out. */
export function PickedLines({ experimentKey, stream, picked, onClear }: PickedLinesProps) {
  const queries = useQueryClient()
  const count = picked.last - picked.first + 1
  const copied = Math.min(count, COPY_LIMIT)
  const copy = async () => {
    try {
      const page = await queries.fetchQuery({ ...outputQuery(experimentKey, stream, picked.first - 1, copied), gcTime: 0, staleTime: 0 })
      const isDone = await copyText(page.lines.map(line => stripAnsi(line.text)).join('\n'))
      if (isDone)
        notify(
          `${formatCount(page.lines.length)} ${page.lines.length === 1 ? 'line' : 'lines'} copied`,
          copied < count ? { detail: `Download the output for more than ${formatCount(COPY_LIMIT)} lines.` } : {},
        )
      else notify('Could not copy', { detail: 'The browser does not allow it here.', isError: true })
    } catch (error) {
      notify('Could not copy', { detail: describeError(error).message, isError: true })
    }
  }
  const copyLink = async () => {
    if (await copyText(window.location.href)) notify('Link copied')
  }
  return (
    <div className="pointer-events-none absolute inset-x-2 bottom-5 z-20 flex justify-center max-md:bottom-16">
      <div
        role="toolbar"
        aria-label="Picked lines"
        className="popup pointer-events-auto flex items-center gap-1 rounded-[10px] p-1.5 pl-3 text-sm"
      >
        <span className="num pr-2 font-medium whitespace-nowrap">
          {count === 1 ? `Line ${formatCount(picked.first)}` : `Lines ${formatCount(picked.first)}–${formatCount(picked.last)}`}
        </span>
        <Button kind="outline" onClick={() => void copy()}>
          <Copy /> Copy
        </Button>
        <Button onClick={() => void copyLink()}>
          <Link2 /> Copy link
        </Button>
        <IconButton label="Clear lines" onClick={onClear}>
          <X />
        </IconButton>
      </div>
    </div>
  )
}
