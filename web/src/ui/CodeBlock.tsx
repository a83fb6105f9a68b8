import { CopyButton } from '@/ui/CopyButton'

/** Text to copy into a terminal or a file. */
export function CodeBlock({ code, label }: { code: string; label: string }) {
  return (
    <div className="group relative rounded-lg bg-sunken ring-1 ring-line">
      <pre tabIndex={0} aria-label={label} className="overflow-x-auto px-4 py-3 pr-12 text-left font-mono text-xs leading-[19px] text-fg">
        {code}
      </pre>
      <CopyButton text={code} label={`Copy ${label}`} className="absolute top-2 right-2 bg-surface ring-1 ring-line2 ring-inset" />
    </div>
  )
}
