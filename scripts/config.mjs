/** `npm run config -- import|export|explain`: an organization's configuration as a file, against a running instance. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { connect, Refusal, run } from './instance.mjs';

const USAGE = `npm run config -- import FILE [--dry-run] [--environment NAME]
npm run config -- export [--out FILE] [--format yaml|json]
npm run config -- explain [--agent SLUG] [--model NAME] [--key ID] [--json]

  --url URL            of the instance; default SWITCHYARD_URL, else http://localhost:8787
  --organization NAME  id or slug, for the operator; default: the demo organization

The credential is SWITCHYARD_KEY, else ADMIN_API_KEY, else that of .dev.vars. FILE may be - for standard input.`;

const OPTIONS = {
	url: { type: 'string' },
	organization: { type: 'string' },
	'dry-run': { type: 'boolean' },
	environment: { type: 'string' },
	out: { type: 'string' },
	format: { type: 'string' },
	agent: { type: 'string' },
	model: { type: 'string' },
	key: { type: 'string' },
	json: { type: 'boolean' },
	help: { type: 'boolean' },
};

function argumentsOf() {
	try {
		return parseArgs({ options: OPTIONS, allowPositionals: true });
	} catch (error) {
		throw new Refusal(`${error.message}\n\n${USAGE}`);
	}
}

function fileText(path) {
	try {
		return readFileSync(path === '-' ? 0 : path, 'utf8');
	} catch (error) {
		throw new Refusal(`${path} can't be read: ${error.message}`);
	}
}

const SIGNS = { create: '+', update: '~', delete: '-' };
const shown = (value) => (value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value));

function printDifferences({ differences, notes, applied }, dryRun) {
	for (const { action, entity, name, fields } of differences) {
		console.log(`${SIGNS[action] ?? '~'} ${entity} ${name}`);
		for (const { field, before, after } of fields) console.log(`    ${field}: ${shown(before)} → ${shown(after)}`);
	}
	for (const note of notes) console.log(`note: ${note}`);
	const count = `${differences.length} ${differences.length === 1 ? 'change' : 'changes'}`;
	if (differences.length === 0) console.log('Nothing to change: the configuration is as the file says.');
	else console.log(applied ? `${count} applied.` : dryRun ? `${count}, none applied (dry run).` : `${count}.`);
}

const isSourced = (value) => typeof value === 'object' && value !== null && 'origin' in value && 'value' in value;

/** One line per field: what holds, and who said so. */
function printExplained(value, name = '') {
	if (isSourced(value)) {
		console.log(`${name.padEnd(36)} ${shown(value.value)}  (${value.origin})`);
		return;
	}
	if (Array.isArray(value)) {
		if (value.every((item) => typeof item !== 'object')) console.log(`${name.padEnd(36)} ${value.join(', ') || '–'}`);
		else for (const [at, item] of value.entries()) printExplained(item, `${name}[${at}]`);
		return;
	}
	if (typeof value === 'object' && value !== null) {
		for (const [key, inner] of Object.entries(value)) printExplained(inner, name === '' ? key : `${name}.${key}`);
		return;
	}
	console.log(`${name.padEnd(36)} ${shown(value)}`);
}

const COMMANDS = {
	async import(call, values, [file]) {
		if (!file) throw new Refusal(`Name the file to import.\n\n${USAGE}`);
		const dryRun = values['dry-run'] === true;
		const input = {
			document: fileText(file),
			dryRun,
			...(values.environment !== undefined && { environment: values.environment }),
		};
		printDifferences(await call('config.import', input, 'mutation'), dryRun);
	},

	async export(call, values) {
		const input = values.format === undefined ? {} : { format: values.format };
		const { document } = await call('config.export', input, 'query');
		if (values.out === undefined) process.stdout.write(document);
		else writeFileSync(values.out, document);
	},

	async explain(call, { agent, model, key, json }) {
		const input = { ...(agent && { agent }), ...(key && { key }), ...(model && { model }) };
		const explained = await call('config.explain', input, 'query');
		if (json) console.log(JSON.stringify(explained, null, 2));
		else printExplained(explained);
	},
};

await run(async () => {
	const { values, positionals } = argumentsOf();
	const [command, ...rest] = positionals;
	if (values.help) {
		console.log(USAGE);
		return;
	}
	if (!Object.hasOwn(COMMANDS, command ?? '')) throw new Refusal(USAGE);
	const { url, organization } = values;
	await COMMANDS[command](connect({ url, organization }), values, rest);
});
