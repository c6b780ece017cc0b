import { TextInput } from '@mantine/core';
import type { ProviderKind, ProviderRow } from '../data/types';
import { SecretInput } from '../ui/secret-input';
import { ConfigFields } from './config-fields';
import { PoolFields } from './pool-fields';
import type { ProviderDraft } from './provider-draft';

interface ProviderFieldsProps {
	readonly kind: ProviderKind;
	readonly draft: ProviderDraft;
	/** Absent: a new one. */
	readonly row?: ProviderRow | undefined;
	readonly errorAt: (field: string) => string | undefined;
	readonly change: (part: Partial<ProviderDraft>) => void;
}

function keyHint({ key, keyForm }: ProviderKind, row: ProviderRow | undefined): string {
	const form = keyForm === 'aws' ? 'ACCESS:SECRET, ACCESS:SECRET:SESSION or a Bedrock API key' : '';
	if (row && row.keyLast4 !== null) {
		const which = row.keyLast4 === '' ? 'the stored key' : `the stored key …${row.keyLast4}`;
		return [`Empty: ${which} stays`, form].filter(Boolean).join('. ');
	}
	return (
		form || (key === 'optional' ? 'Where the server asks for one' : 'Sealed when it is stored, and never shown again')
	);
}

function addressHint({ baseUrl, addressFields }: ProviderKind): string {
	if (addressFields.length > 0) return 'Empty: it follows from the settings below';
	return baseUrl === null ? 'Root of the server, path included' : `Empty: ${baseUrl}`;
}

/** What a row of this provider holds. */
export function ProviderFields({ kind, draft, row, errorAt, change }: ProviderFieldsProps) {
	const stored = row !== undefined && row.keyLast4 !== null;
	return (
		<>
			<TextInput
				label="Name"
				description={
					kind.named ? 'Requests name this server by it: <name>/<model>' : 'To tell it from other keys of this provider'
				}
				placeholder={kind.id}
				spellCheck={false}
				value={draft.name}
				error={errorAt('name')}
				onChange={(event) => change({ name: event.currentTarget.value })}
			/>
			{kind.key !== 'none' && (
				<SecretInput
					label="API key"
					description={keyHint(kind, row)}
					required={kind.key === 'needed' && !stored && draft.isActive}
					value={draft.apiKey}
					error={errorAt('apiKey')}
					onChange={(event) => change({ apiKey: event.currentTarget.value })}
				/>
			)}
			<TextInput
				label="Base URL"
				description={addressHint(kind)}
				type="url"
				spellCheck={false}
				required={kind.baseUrl === null && kind.addressFields.length === 0}
				value={draft.baseUrl}
				error={errorAt('baseUrl')}
				onChange={(event) => change({ baseUrl: event.currentTarget.value })}
			/>
			<ConfigFields
				kind={kind}
				config={draft.config}
				addressed={draft.baseUrl.trim() !== ''}
				errorAt={errorAt}
				change={(config) => change({ config })}
			/>
			<PoolFields kind={kind} config={draft.config} errorAt={errorAt} change={(config) => change({ config })} />
		</>
	);
}
