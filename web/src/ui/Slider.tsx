import { Slider as Base } from '@base-ui/react/slider'

interface SliderProps {
  label: string
  value: number
  onChange: (value: number) => void
  min?: number
  max?: number
  step?: number
  className?: string
}

/** A number chosen by dragging; arrows and Page Up/Down work too. */
export function Slider({ label, value, onChange, min = 0, max = 1, step = 0.01, className = 'w-28' }: SliderProps) {
  return (
    <Base.Root value={value} min={min} max={max} step={step} onValueChange={next => onChange(next as number)} className={className}>
      <Base.Control className="flex h-7 w-full items-center">
        <Base.Track className="h-[3px] w-full rounded-full bg-active">
          <Base.Indicator className="rounded-full bg-accent" />
          <Base.Thumb
            aria-label={label}
            className="size-3 rounded-full bg-surface ring-[1.5px] shadow-1 ring-accent has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-offset-2 has-[:focus-visible]:outline-accent"
          />
        </Base.Track>
      </Base.Control>
    </Base.Root>
  )
}
