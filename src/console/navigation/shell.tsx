/** The frame around every page: landmarks, menu, account. */
import { AppShell, Burger, Group, NavLink, ScrollArea, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useSignedIn } from '../session/session';
import { Mark } from '../ui/icons';
import { AccountBar } from './account-bar';
import { linkTo } from './link';
import { usePath } from './location';
import { mayOpen, PAGES, type Page, pageAt, SECTIONS } from './pages';

export function Shell({ children }: { readonly children: ReactNode }) {
	const [opened, { toggle, close }] = useDisclosure(false);
	const { access } = useSignedIn();
	const current = pageAt(usePath())?.page;
	return (
		<>
			<a className="skip" href="#content">
				Skip to content
			</a>
			<AppShell
				header={{ height: 56 }}
				navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !opened } }}
				padding="md"
			>
				<AppShell.Header px="md">
					<Group h="100%" justify="space-between" wrap="nowrap" gap="sm">
						<Group gap="xs" wrap="nowrap">
							<Burger
								opened={opened}
								onClick={toggle}
								hiddenFrom="sm"
								size="sm"
								aria-label="Menu"
								aria-expanded={opened}
							/>
							<Mark />
							<Text fw={700} visibleFrom="xs">
								Switchyard
							</Text>
						</Group>
						<AccountBar />
					</Group>
				</AppShell.Header>
				<AppShell.Navbar p="sm" aria-label="Pages">
					<AppShell.Section grow component={ScrollArea}>
						{SECTIONS.map((section) => (
							<MenuSection
								key={section}
								title={section}
								pages={PAGES.filter((page) => page.section === section && mayOpen(page, access))}
								current={current?.path}
								chosen={close}
							/>
						))}
					</AppShell.Section>
				</AppShell.Navbar>
				<AppShell.Main id="content" tabIndex={-1} style={{ outline: 'none' }}>
					{children}
				</AppShell.Main>
			</AppShell>
		</>
	);
}

interface MenuSectionProps {
	/** '': none. */
	readonly title: string;
	readonly pages: readonly Page[];
	readonly current: string | undefined;
	readonly chosen: () => void;
}

function MenuSection({ title, pages, current, chosen }: MenuSectionProps) {
	if (pages.length === 0) return null;
	return (
		<>
			{title !== '' && (
				<Text size="xs" fw={600} c="dimmed" px="sm" pt="md" pb={4}>
					{title}
				</Text>
			)}
			{pages.map(({ path, label, icon: PageIcon }) => (
				<NavLink
					key={path}
					{...linkTo(path)}
					onClickCapture={chosen}
					active={current === path}
					aria-current={current === path ? 'page' : undefined}
					label={label}
					leftSection={<PageIcon />}
					style={{ borderRadius: 'var(--mantine-radius-md)' }}
				/>
			))}
		</>
	);
}
