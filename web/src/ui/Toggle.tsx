import { Switch } from '@base-ui/react/switch'
import type { ReactNode } from 'react'

interface ToggleProps {
  isOn: boolean
  onChange: (isOn: boolean) => void
  children: ReactNode
}

/** A switch with its word beside it; takes effect at once. */
export function Toggle({ isOn, onChange, children }: ToggleProps) {
  return (
    <label className="flex h-7 shrink-0 items-center gap-2 text-sm whitespace-nowrap text-fg2 select-none">
      <Switch.Root
        checked={isOn}
        onCheckedChange={onChange}
        className="flex h-4 w-[26px] items-center rounded-full bg-off p-[2px] transition-colors data-[checked]:bg-accent"
      >
        <Switch.Thumb className="size-3 rounded-full bg-surface shadow-1 transition-transform data-[checked]:translate-x-[10px]" />
      </Switch.Root>
      {children}
    </label>
  )
}
