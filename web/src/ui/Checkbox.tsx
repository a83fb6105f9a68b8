import { Check, Minus } from 'lucide-react'
import type { ChangeEvent } from 'react'
import { classes } from '@/ui/classes'

interface CheckboxProps {
  label: string
  isChecked: boolean
  /** Some but not all of what it stands for. */
  isMixed?: boolean
  onChange: (isChecked: boolean, event: ChangeEvent<HTMLInputElement>) => void
  className?: string
}

/** A native checkbox in our clothes: cheap enough for every row of a long table. */
export function Checkbox({ label, isChecked, isMixed = false, onChange, className }: CheckboxProps) {
  const Mark = isMixed ? Minus : Check
  return (
    <span className={classes('relative inline-flex size-3.5 shrink-0', className)}>
      <input
        type="checkbox"
        aria-label={label}
        checked={isChecked}
        ref={input => {
          if (input) input.indeterminate = isMixed
        }}
        onChange={event => onChange(event.target.checked, event)}
        className="peer absolute inset-0 m-0 appearance-none rounded-[4px] bg-surface ring-1 ring-line2 ring-inset checked:bg-accent checked:ring-accent indeterminate:bg-accent indeterminate:ring-accent hover:ring-off"
      />
      {(isChecked || isMixed) && <Mark aria-hidden className="pointer-events-none relative m-px size-3 text-on-accent" strokeWidth={3.2} />}
    </span>
  )
}
