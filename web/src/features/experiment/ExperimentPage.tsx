import { Outlet } from '@tanstack/react-router'
import { PageHeader } from '@/ui/PageHeader'

/** An experiment's header and tabs; the tab in sight is the outlet. */
export function ExperimentPage() {
  return (
    <>
      <PageHeader title="Experiment" />
      <Outlet />
    </>
  )
}
