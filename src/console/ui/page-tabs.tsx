/** Parts of one page, each with an address of its own. */
import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { navigate } from '../navigation/location';

interface PageTab {
	/** '' for the first one, which has the page's own address. */
	readonly path: string;
	readonly label: string;
	readonly content: ReactNode;
}

interface PageTabsProps {
	/** Accessible name. */
	readonly label: string;
	/** Of the page, without a slash at its end. */
	readonly path: string;
	readonly current: string;
	readonly tabs: readonly PageTab[];
	/** What is typed in one stays while another one is looked at. */
	readonly keepMounted?: boolean;
}

const FIRST = 'first';

export function PageTabs({ label, path, current, tabs, keepMounted = false }: PageTabsProps) {
	const known = tabs.some((tab) => tab.path === current) ? current : '';
	return (
		<Tabs
			value={known || FIRST}
			onChange={(value) => navigate(value === FIRST || value === null ? path : `${path}/${value}`)}
			keepMounted={keepMounted}
		>
			<Tabs.List aria-label={label} mb="md">
				{tabs.map((tab) => (
					<Tabs.Tab key={tab.path} value={tab.path || FIRST}>
						{tab.label}
					</Tabs.Tab>
				))}
			</Tabs.List>
			{tabs.map((tab) => (
				<Tabs.Panel key={tab.path} value={tab.path || FIRST}>
					{tab.content}
				</Tabs.Panel>
			))}
		</Tabs>
	);
}
