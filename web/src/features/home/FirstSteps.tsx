import { InstallCode, ProgramCode } from '@/ui/HowToLog'
import { Mark } from '@/ui/Mark'
import { Spinner } from '@/ui/Feedback'

/** A home page without projects: the way to a first chart, waiting for it. Gives way as soon as one appears. */
export function FirstSteps() {
  return (
    <section aria-labelledby="first-steps" className="mx-auto flex max-w-2xl flex-col gap-6 px-6 py-12">
      <div>
        <Mark className="mb-4 size-9" />
        <h2 id="first-steps" className="text-2xl font-semibold tracking-[-.02em]">
          Your first experiment
        </h2>
        <p className="mt-1 text-fg2">Log from any Python program; what it says appears here while it runs.</p>
      </div>
      <Step number={1} title="Install Halley where you train">
        <InstallCode />
      </Step>
      <Step number={2} title="Log something">
        <ProgramCode project="first-steps" />
      </Step>
      <Step number={3} title="Watch">
        <p className="flex items-center gap-2.5 text-fg2">
          <Spinner label="Waiting" />
          Waiting for the first experiment. This page changes by itself.
        </p>
      </Step>
    </section>
  )
}

function Step({ number, title, children }: { number: number; title: string; children: React.ReactNode }) {
  return (
    <div className="grid grid-cols-[24px_1fr] gap-3">
      <span
        aria-hidden
        className="num flex size-6 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent"
      >
        {number}
      </span>
      <div className="grid min-w-0 gap-2">
        <h3 className="leading-6 font-semibold">{title}</h3>
        {children}
      </div>
    </div>
  )
}
