import { Link, type ErrorComponentProps } from '@tanstack/react-router'
import { Telescope } from 'lucide-react'
import { describeError } from '@/api/errors'
import { buttonClass } from '@/ui/Button'
import { useTitle } from '@/lib/title'
import { EmptyState, ErrorState, Spinner } from '@/ui/Feedback'
import { PageHeader } from '@/ui/PageHeader'

/** No page has this address. */
export function NotFoundPage() {
  useTitle('Not found')
  return (
    <>
      <PageHeader title="Not found" />
      <EmptyState
        icon={<Telescope />}
        title="There is no such page"
        className="flex-1"
        action={
          <Link to="/" className={buttonClass('outline')}>
            Go home
          </Link>
        }
      >
        Perhaps the address was cut short, or what it showed was deleted.
      </EmptyState>
    </>
  )
}

/** A page broke; the rest of the app goes on. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  return (
    <>
      <PageHeader title="Something broke" />
      <ErrorState {...describeError(error)} onRetry={reset} className="flex-1" />
    </>
  )
}

/** A page's code is on its way. */
export function RoutePending() {
  return <Spinner className="flex-1 justify-center" />
}
