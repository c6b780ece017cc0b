/** The pages, in the order of the menu. All but the playground load on first need. */
import { type ComponentType, lazy } from 'react';
import { PlaygroundPage } from '../playground/playground-page';
import type { Access } from '../session/access';
import {
	AgentIcon,
	AuditIcon,
	ChatIcon,
	ConfigurationIcon,
	GlobalIcon,
	KeyIcon,
	MembersIcon,
	ModelsIcon,
	OrganizationIcon,
	ProviderIcon,
	StatusIcon,
} from '../ui/icons';

/** In the order of the menu. */
export const SECTIONS = ['', 'Setup', 'Access', 'Platform'] as const;
type Section = (typeof SECTIONS)[number];

export interface PageProps {
	/** What follows the page's own path: `support` of `/agents/support`; empty on the page itself. */
	readonly rest: string;
}

export interface Page {
	readonly path: string;
	readonly label: string;
	/** Heading of the menu it stands under; its first pages have none. */
	readonly section: Section;
	readonly icon: ComponentType;
	/** `manage`: not in the menu without that scope, and explained where it is opened all the same. */
	readonly needs: 'nothing' | 'inference' | 'manage';
	/** Shows rows of one organization: an operator must have chosen one. */
	readonly tenant: boolean;
	readonly component: ComponentType<PageProps>;
}

export const PAGES: readonly Page[] = [
	{
		path: '/',
		label: 'Playground',
		section: '',
		icon: ChatIcon,
		needs: 'inference',
		tenant: true,
		component: PlaygroundPage,
	},
	{
		path: '/models',
		label: 'Models',
		section: '',
		icon: ModelsIcon,
		needs: 'inference',
		tenant: true,
		component: lazy(() => import('../models/models-page')),
	},
	{
		path: '/configuration',
		label: 'Configuration',
		section: 'Setup',
		icon: ConfigurationIcon,
		needs: 'manage',
		tenant: true,
		component: lazy(() => import('../configuration/configuration-page')),
	},
	{
		path: '/agents',
		label: 'Agents',
		section: 'Setup',
		icon: AgentIcon,
		needs: 'manage',
		tenant: true,
		component: lazy(() => import('../agents/agents-page')),
	},
	{
		path: '/providers',
		label: 'Provider keys',
		section: 'Setup',
		icon: ProviderIcon,
		needs: 'manage',
		tenant: true,
		component: lazy(() => import('../providers/providers-page')),
	},
	{
		path: '/keys',
		label: 'Gateway keys',
		section: 'Access',
		icon: KeyIcon,
		needs: 'manage',
		tenant: true,
		component: lazy(() => import('../keys/keys-page')),
	},
	{
		path: '/members',
		label: 'Members',
		section: 'Access',
		icon: MembersIcon,
		needs: 'manage',
		tenant: true,
		component: lazy(() => import('../members/members-page')),
	},
	{
		path: '/audit',
		label: 'Audit',
		section: 'Access',
		icon: AuditIcon,
		needs: 'manage',
		tenant: true,
		component: lazy(() => import('../audit/audit-page')),
	},
	{
		path: '/organizations',
		label: 'Organizations',
		section: 'Platform',
		icon: OrganizationIcon,
		needs: 'manage',
		tenant: false,
		component: lazy(() => import('../organizations/organizations-page')),
	},
	{
		path: '/global',
		label: 'Global settings',
		section: 'Platform',
		icon: GlobalIcon,
		needs: 'manage',
		tenant: false,
		component: lazy(() => import('../global/global-page')),
	},
	{
		path: '/status',
		label: 'Status',
		section: 'Platform',
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
