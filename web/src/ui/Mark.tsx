/** Halley's mark: a comet on its way up. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={className}>
      <rect width="32" height="32" rx="8" fill="var(--text)" />
      <g fill="none" stroke="var(--surface)" strokeWidth="2.4" strokeLinecap="round">
        <path d="M6.5 22.5 16.2 15" />
        <path d="M7 15.5 13.6 11.6" opacity=".6" />
        <path d="M13.4 25.5 19.2 19.6" opacity=".6" />
      </g>
      <circle cx="21.2" cy="11.6" r="5" fill="var(--mark)" />
    </svg>
  )
}
