import { Button, Modal, Stack } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../data/queries';
import type { GlobalSetting } from '../data/types';
import { FailureAlert } from '../failure/failure-alert';
import { useSignedIn } from '../session/session';
import { Confirmation } from '../ui/confirmation';
import { PlusIcon } from '../ui/icons';
import { PageHead } from '../ui/page-head';
import { Rows } from '../ui/rows';
import { GlobalForm } from './global-form';
import { GlobalRow } from './global-row';
import { useGlobalSettings } from './queries';

type Edited = { readonly row: GlobalSetting | null };

/** What an operator is asked before everybody is affected. */
type Question = { readonly row: GlobalSetting; readonly about: 'removal' | 'default' };

/** The operator's to change; whoever else manages may look at what is in force. */
export default function GlobalPage() {
	const { client, access } = useSignedIn();
	const { globalSettings } = client.trpc;
	const operator = access.role === 'operator';
	const query = useGlobalSettings();
	const [edited, setEdited] = useState<Edited | null>(null);
	const [asked, setAsked] = useState<Question | null>(null);
	const activate = useChange('global', globalSettings.update.mutate);
	const confirmed = useChange('global', ({ row: { id, version }, about }: Question) =>
		about === 'removal'
			? globalSettings.remove.mutate({ id, version })
			: globalSettings.setDefault.mutate({ id, version }),
	);
	const close = (): void => {
		setAsked(null);
		confirmed.reset();
	};
	return (
		<>
			<PageHead
				title="Global settings"
				description={
					operator
						? 'What ‘default’ means, and profiles that every organization may name; a change holds on everybody’s next request'
						: 'What the operator has set for everybody; profiles of your own win over these'
				}
			>
				{operator && (
					<Button leftSection={<PlusIcon />} onClick={() => setEdited({ row: null })}>
						New setting
					</Button>
				)}
			</PageHead>
			<Stack>
				<FailureAlert failure={activate.error} title="It could not be activated" />
				<Rows
					label="Global settings"
					columns={['Setting', 'Model', 'USD per 1M tokens, in / out', 'Parameters', ...(operator ? ['Actions'] : [])]}
					query={query}
					empty="No global setting: the environment decides."
					row={(row) => (
						<GlobalRow
							key={row.id}
							row={row}
							act={
								operator
									? {
											edit: () => setEdited({ row }),
											makeDefault: () => setAsked({ row, about: 'default' }),
											setActive: (active) =>
												active
													? activate.mutate({ id: row.id, version: row.version, isActive: true })
													: setAsked({ row, about: 'removal' }),
										}
									: null
							}
						/>
					)}
				/>
			</Stack>
			<Modal
				opened={edited !== null}
				onClose={() => setEdited(null)}
				title={edited?.row ? edited.row.displayName : 'New global setting'}
				size="xl"
				closeButtonProps={{ 'aria-label': 'Close' }}
			>
				{edited && <GlobalForm row={edited.row} close={() => setEdited(null)} />}
			</Modal>
			<Confirmation
				opened={asked !== null}
				title={titleOf(asked)}
				action={asked?.about === 'default' ? 'Make it the default' : 'Deactivate'}
				pending={confirmed.isPending}
				failure={confirmed.error}
				confirm={() => asked && confirmed.mutate(asked, { onSuccess: close })}
				close={close}
			>
				{asked?.about === 'default'
					? 'Requests of every organization that name no model, and have no default of their own, are answered by it from the next one on. As the default it is no profile any more.'
					: 'Nobody can name it from the next request on. It stays listed and can be activated again.'}
			</Confirmation>
		</>
	);
}

function titleOf(asked: Question | null): string {
	if (asked === null) return '';
	return asked.about === 'default'
		? `Make ${asked.row.displayName} everybody’s default?`
		: `Deactivate ${asked.row.displayName}?`;
}
