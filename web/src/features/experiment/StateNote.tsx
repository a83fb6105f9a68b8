import { ChevronRight, CircleAlert, CircleHelp, CircleSlash } from 'lucide-react'
import { useState } from 'react'
import type { ExperimentDetail } from '@/api/types'
import { classes } from '@/ui/classes'
import { CopyButton } from '@/ui/CopyButton'
import { Ago } from '@/ui/Time'

const LOOKS = {
  failed: { Icon: CircleAlert, tone: 'bg-bad-soft text-bad', fallback: 'It failed and said no reason.' },
  killed: { Icon: CircleSlash, tone: 'bg-warn-soft text-warn', fallback: 'It was ended from outside.' },
  lost: { Icon: CircleHelp, tone: 'bg-mute-soft text-fg2', fallback: '' },
}

/** Why an experiment did not end well; the traceback unfolds. Nothing for one that runs or finished. */
export function StateNote({ detail: { experiment, traceback }, isOpenAtFirst }: { detail: ExperimentDetail; isOpenAtFirst: boolean }) {
  const [isOpen, setOpen] = useState(isOpenAtFirst)
  const { state, reason } = experiment
  if (state === 'running' || state === 'finished') return null
  const { Icon, tone, fallback } = LOOKS[state]
  return (
    <section aria-label="Why it ended" className="shrink-0 border-b border-line">
      <div className={classes('flex min-h-9 items-center gap-2 px-4 py-1 text-sm', tone)}>
        <Icon aria-hidden className="size-4 shrink-0" />
        <p className="line-clamp-2 min-w-0 font-medium break-words">
          {state === 'lost' ? (
            <>
              It went silent <Ago time={experiment.heard_at} />. If it speaks again, it is running again.
            </>
          ) : (
            reason || fallback
          )}
        </p>
        {traceback && (
          <span className="ml-auto flex shrink-0 items-center gap-1">
            <button
              type="button"
              aria-expanded={isOpen}
              onClick={() => setOpen(!isOpen)}
              className="flex h-6 items-center gap-1 rounded px-1.5 font-medium hover:underline"
            >
              <ChevronRight aria-hidden className={classes('size-3.5 transition-transform', isOpen && 'rotate-90')} /> Traceback
            </button>
            <CopyButton text={traceback} label="Copy traceback" />
          </span>
        )}
      </div>
      {traceback && isOpen && (
        <pre
          tabIndex={0}
          aria-label="Traceback"
          className="max-h-[38vh] overflow-auto bg-sunken px-4 py-3 font-mono text-xs leading-[19px] text-fg"
        >
          {traceback}
        </pre>
      )}
    </section>
  )
}
