import type { ReactNode } from 'react'
import { classes } from '@/ui/classes'

const TONES = {
  mute: 'bg-mute-soft text-fg2',
  accent: 'bg-accent-soft text-accent',
  ok: 'bg-ok-soft text-ok',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
}

/** A small label, such as a tag. */
export function Badge({ tone = 'mute', children }: { tone?: keyof typeof TONES; children: ReactNode }) {
  return (
    <span className={classes('inline-flex h-[18px] max-w-48 items-center truncate rounded-[4px] px-1.5 text-2xs font-medium', TONES[tone])}>
      {children}
    </span>
  )
}

/** A key on the keyboard. */
export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-[4px] bg-surface px-1 font-sans text-2xs text-fg3 ring-1 ring-line2 ring-inset">
      {children}
    </kbd>
  )
}
