import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import type { ReactNode } from 'react'

interface SegmentedProps<Key extends string> {
  label: string
  value: Key
  options: readonly (readonly [Key, ReactNode])[]
  onChange: (value: Key) => void
}

/** One of a few, all in sight. Arrow keys move. */
export function Segmented<Key extends string>({ label, value, options, onChange }: SegmentedProps<Key>) {
  return (
    <RadioGroup
      aria-label={label}
      value={value}
      onValueChange={next => onChange(next as Key)}
      className="inline-flex h-7 shrink-0 rounded-[6px] bg-mute-soft p-[2px]"
    >
      {options.map(([key, text]) => (
        <Radio.Root
          key={key}
          value={key}
          nativeButton
          // oxlint-disable-next-line jsx-a11y/control-has-associated-label -- Base UI puts the children inside
          render={<button type="button" />}
          className="inline-flex items-center gap-1 rounded-[4px] px-2 text-xs font-medium whitespace-nowrap text-fg2 select-none hover:text-fg data-[checked]:bg-surface data-[checked]:text-fg data-[checked]:shadow-1"
        >
          {text}
        </Radio.Root>
      ))}
    </RadioGroup>
  )
}
