import { useLive } from '@/api/live'
import { classes } from '@/ui/classes'
import { Tooltip } from '@/ui/Tooltip'

const LOOKS = {
  live: { word: 'Live', hint: 'Changes appear as they happen.', shape: 'rounded-full bg-ok' },
  connecting: { word: 'Connecting', hint: 'Asking the server for live changes.', shape: 'rounded-full ring-[1.5px] ring-inset ring-fg3' },
  reconnecting: {
    word: 'Reconnecting',
    hint: 'The server does not answer. What you see may be old; it is fetched again once the server is back.',
    shape: 'rotate-45 rounded-[1px] bg-warn',
  },
  paused: { word: 'Paused', hint: 'The tab was hidden.', shape: 'rounded-full ring-[1.5px] ring-inset ring-fg3' },
}

/** Whether what is shown is live. */
export function Connection() {
  const look = LOOKS[useLive().connection]
  return (
    <Tooltip label={look.hint} side="right">
      <div role="status" className="flex h-7 min-w-0 flex-1 items-center gap-2 px-2 text-sm text-fg2">
        <span aria-hidden className={classes('size-[7px] shrink-0', look.shape)} />
        <span className="truncate">{look.word}</span>
      </div>
    </Tooltip>
  )
}
