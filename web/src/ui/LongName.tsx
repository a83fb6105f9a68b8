import { classes } from '@/ui/classes'

const TAIL = 10

/** A name that is cut in its middle where the space is short: names of runs mostly differ at their ends. */
export function LongName({ name, className }: { name: string; className?: string }) {
  const cut = name.length > 2 * TAIL ? name.length - TAIL : name.length
  return (
    <span className={classes('flex min-w-0 whitespace-pre', className)} title={name}>
      <span className="truncate">{name.slice(0, cut)}</span>
      {cut < name.length && <span className="shrink-0">{name.slice(cut)}</span>}
    </span>
  )
}
