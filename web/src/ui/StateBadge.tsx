import { classes } from '@/ui/classes'

export type State = 'running' | 'finished' | 'failed' | 'killed' | 'lost'

/** How each state looks: always a shape and a word beside the colour. */
const LOOKS: Record<State, { word: string; shape: string; badge: string }> = {
  running: { word: 'Running', shape: 'rounded-full bg-run pulse-ring', badge: 'bg-run-soft text-run' },
  finished: { word: 'Finished', shape: 'rounded-full bg-ok', badge: 'bg-ok-soft text-ok' },
  failed: { word: 'Failed', shape: 'rotate-45 rounded-[1px] bg-bad', badge: 'bg-bad-soft text-bad' },
  killed: { word: 'Killed', shape: 'rounded-[1px] bg-warn', badge: 'bg-warn-soft text-warn' },
  lost: { word: 'Lost', shape: 'rounded-full ring-[1.5px] ring-inset ring-fg3', badge: 'bg-mute-soft text-fg2' },
}

/** A state's word, as in `Running`. */
export function stateWord(state: State): string {
  return LOOKS[state].word
}

/** A state as a shape alone; its word is read aloud and shown on hover. */
export function StateDot({ state }: { state: State }) {
  return (
    <span
      role="img"
      aria-label={LOOKS[state].word}
      title={LOOKS[state].word}
      className={classes('inline-block size-[7px] shrink-0', LOOKS[state].shape)}
    />
  )
}

/** A state as shape, word and colour. `title` explains it, such as the exception. */
export function StateBadge({ state, title }: { state: State; title?: string }) {
  return (
    <span
      title={title}
      className={classes(
        'inline-flex h-5 shrink-0 items-center gap-1.5 rounded-full px-2 text-xs font-medium whitespace-nowrap',
        LOOKS[state].badge,
      )}
    >
      <span aria-hidden className={classes('size-[7px] shrink-0', LOOKS[state].shape)} />
      {LOOKS[state].word}
    </span>
  )
}
