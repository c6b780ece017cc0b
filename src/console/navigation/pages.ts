/** The pages, in the order of the menu. All but the playground load on first need. */
import { type ComponentType, lazy } from 'react';
import { PlaygroundPage } from '../playground/playground-page';
import type { Access } from '../session/access';
import { AgentIcon, ChatIcon, KeyIcon, ModelsIcon, OrganizationIcon, StatusIcon } from '../ui/icons';

export interface PageProps {
	/** What follows the page's own path: `support` of `/agents/support`; empty on the page itself. */
	readonly rest: string;
}

export interface Page {
	readonly path: string;
	readonly label: string;
	readonly icon: ComponentType;
	/** `manage`: not in the menu of a key without that scope, and explained where it is opened all the same. */
	readonly needs: 'nothing' | 'inference' | 'manage';
	/** Shows rows of one organization: an operator must have chosen one. */
	readonly tenant: boolean;
	readonly component: ComponentType<PageProps>;
}

export const PAGES: readonly Page[] = [
	{ path: '/', label: 'Playground', icon: ChatIcon, needs: 'inference', tenant: true, component: PlaygroundPage },
	{
		path: '/models',
		label: 'Models',
		icon: ModelsIcon,
		needs: 'inference',
		tenant: true,
		component: lazy(() => import('../models/models-page')),
	},
	{
		path: '/agents',
		label: 'Agents',
		icon: AgentIcon,
		needs: 'manage',
		tenant: true,
		component: lazy(() => import('../agents/agents-page')),
	},
	{
		path: '/keys',
		label: 'Gateway keys',
		icon: KeyIcon,
		needs: 'manage',
		tenant: true,
		component: lazy(() => import('../keys/keys-page')),
	},
	{
		path: '/organizations',
		label: 'Organizations',
		icon: OrganizationIcon,
		needs: 'manage',
		tenant: false,
		component: lazy(() => import('../organizations/organizations-page')),
	},
	{
		path: '/status',
		label: 'Status',
		icon: StatusIcon,
		needs: 'nothing',
		tenant: false,
		component: lazy(() => import('../status/status-page')),
	},
];

export const mayOpen = ({ needs }: Page, { role, inference }: Access): boolean =>
	needs === 'nothing' || (needs === 'inference' ? inference : role !== 'caller');

/** The page of a path and what follows its own; null: there is none. */
export function pageAt(path: string): { readonly page: Page; readonly rest: string } | null {
	const [, first = '', ...others] = path.split('/');
	const page = PAGES.find((each) => each.path === `/${first}`);
	return page ? { page, rest: decodeURIComponent(others.join('/')) } : null;
}
