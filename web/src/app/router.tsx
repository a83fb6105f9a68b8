import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { readProjectChartsView } from '@/features/charts/view'
import { readAssetsView, readOutputView } from '@/features/experiment/view'
import { readTableView } from '@/features/experiments/view'
import { HomePage } from '@/features/home/HomePage'
import { ProjectFrame } from '@/features/shell/ProjectFrame'
import { Shell } from '@/features/shell/Shell'
import { parseSearch, stringifySearch } from '@/lib/url-state'
import { readChartsView } from '@/panels/line-chart/view'
import { NotFoundPage, RouteError, RoutePending } from '@/app/fallbacks'

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage })

const home = createRoute({ getParentRoute: () => root, path: '/', component: HomePage })

const project = createRoute({ getParentRoute: () => root, path: '/$workspace/$project', component: ProjectFrame })

const projectIndex = createRoute({
  getParentRoute: () => project,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/$workspace/$project/charts', params, replace: true })
  },
})

const charts = createRoute({
  getParentRoute: () => project,
  path: 'charts',
  validateSearch: readProjectChartsView,
  component: lazyRouteComponent(() => import('@/features/charts/ChartsPage'), 'ChartsPage'),
})

const experiments = createRoute({
  getParentRoute: () => project,
  path: 'experiments',
  validateSearch: readTableView,
  component: lazyRouteComponent(() => import('@/features/experiments/ExperimentsPage'), 'ExperimentsPage'),
})

const experiment = createRoute({
  getParentRoute: () => project,
  path: 'experiments/$key',
  component: lazyRouteComponent(() => import('@/features/experiment/ExperimentPage'), 'ExperimentPage'),
})

const experimentIndex = createRoute({
  getParentRoute: () => experiment,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/$workspace/$project/experiments/$key/charts', params, replace: true })
  },
})

const experimentCharts = createRoute({
  getParentRoute: () => experiment,
  path: 'charts',
  validateSearch: readChartsView,
  component: lazyRouteComponent(() => import('@/features/experiment/ChartsTab'), 'ChartsTab'),
})

const experimentOverview = createRoute({
  getParentRoute: () => experiment,
  path: 'overview',
  component: lazyRouteComponent(() => import('@/features/experiment/OverviewTab'), 'OverviewTab'),
})

const experimentOutput = createRoute({
  getParentRoute: () => experiment,
  path: 'output',
  validateSearch: readOutputView,
  component: lazyRouteComponent(() => import('@/features/experiment/OutputTab'), 'OutputTab'),
})

const experimentAssets = createRoute({
  getParentRoute: () => experiment,
  path: 'assets',
  validateSearch: readAssetsView,
  component: lazyRouteComponent(() => import('@/features/experiment/AssetsTab'), 'AssetsTab'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    project.addChildren([
      projectIndex,
      charts,
      experiments,
      experiment.addChildren([experimentIndex, experimentCharts, experimentOverview, experimentOutput, experimentAssets]),
    ]),
  ]),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultErrorComponent: RouteError,
  defaultNotFoundComponent: NotFoundPage,
  defaultPendingComponent: RoutePending,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
