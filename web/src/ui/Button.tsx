import type { ComponentProps, ReactNode } from 'react'
import { classes } from '@/ui/classes'
import { Tooltip } from '@/ui/Tooltip'

const BASE =
  'inline-flex items-center justify-center gap-1.5 rounded-[6px] text-sm font-medium whitespace-nowrap select-none transition-colors ' +
  'disabled:opacity-45 disabled:pointer-events-none [&_svg]:shrink-0 [&_svg]:size-3.5'
const KINDS = {
  plain: 'text-fg2 hover:bg-hover hover:text-fg data-[popup-open]:bg-hover data-[popup-open]:text-fg',
  outline: 'bg-surface text-fg ring-1 ring-inset ring-line2 shadow-1 hover:bg-hover data-[popup-open]:bg-hover',
  solid: 'bg-solid text-on-solid shadow-[inset_0_1px_0_rgb(255_255_255/.14)] hover:bg-accent-hover',
  danger: 'bg-surface text-bad ring-1 ring-inset ring-line2 shadow-1 hover:bg-bad-soft',
}

export type ButtonKind = keyof typeof KINDS

/** The look of a button, for links that act like one. */
export function buttonClass(kind: ButtonKind = 'plain', isSmall = false): string {
  return classes(BASE, KINDS[kind], isSmall ? 'h-6 px-2' : 'h-7 px-2.5')
}

interface ButtonProps extends ComponentProps<'button'> {
  kind?: ButtonKind
  isSmall?: boolean
}

/** A button with a word on it. `solid` once a page at most, `plain` in toolbars. */
export function Button({ kind = 'plain', isSmall = false, className, ...rest }: ButtonProps) {
  return <button type="button" {...rest} className={classes(buttonClass(kind, isSmall), className)} />
}

interface IconButtonProps extends Omit<ButtonProps, 'children' | 'aria-label'> {
  /** What it does; read aloud and shown as a tooltip. */
  label: string
  shortcut?: string
  children: ReactNode
}

/** A square button that shows only an icon; its label is its tooltip. */
export function IconButton({ label, shortcut, kind = 'plain', isSmall = false, className, ...rest }: IconButtonProps) {
  const button = (
    <button type="button" {...rest} aria-label={label} className={classes(BASE, KINDS[kind], isSmall ? 'size-6' : 'size-7', className)} />
  )
  return (
    <Tooltip label={label} shortcut={shortcut}>
      {button}
    </Tooltip>
  )
}
