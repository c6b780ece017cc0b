import type { APIRequestContext, Page } from '@playwright/test';
import { answered, change, composer, expect, open, signInAsOperator, test } from './console';

interface Agent {
	readonly id: string;
	readonly version: number;
}

const made = (request: APIRequestContext, slug: string, fields: object = {}): Promise<Agent> =>
	change<Agent>(request, 'agents.create', { slug, name: slug, model: 'mock/echo', ...fields });

const tab = (page: Page, name: string): Promise<void> => page.getByRole('tab', { name, exact: true }).click();

test.beforeEach(({ page }) => signInAsOperator(page));

test('an agent with an unknown model is refused at its field; put right, it is created and answers', async ({
	page,
}) => {
	await open(page, 'Agents');
	await page.getByRole('link', { name: 'New agent' }).click();
	await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Support Désk');
	await expect(page.getByRole('textbox', { name: 'Slug' })).toHaveValue('support-desk');
	const model = page.getByRole('combobox', { name: 'Model', exact: true });
	await model.fill('openai/no-such-model');
	await page.keyboard.press('Escape');
	await page.getByRole('button', { name: 'Add a fallback' }).click();
	await page.getByRole('combobox', { name: 'Fallback 1' }).fill('mock/slow');
	await page.keyboard.press('Escape');
	await page.getByRole('textbox', { name: 'Temperature' }).fill('7');
	await page.getByRole('button', { name: 'Create agent' }).click();
	await expect(model).toHaveAttribute('aria-invalid', 'true');
	await expect(model).toBeFocused();
	await expect(page.getByText(/'openai' has no model 'no-such-model' in the catalog/)).toBeVisible();
	await expect(page.getByRole('textbox', { name: 'Temperature' })).toHaveValue('2');

	await model.fill('mock/echo');
	await page.keyboard.press('Escape');
	await page.getByRole('button', { name: 'Create agent' }).click();
	const row = page.getByRole('row', { name: /support-desk/ });
	await expect(row).toContainText('mock/echo');
	await expect(row).toContainText('mock/slow');
	await row.getByRole('link', { name: 'Try Support Désk' }).click();
	await expect(page.getByRole('combobox', { name: 'Model or agent' })).toHaveValue('agent:support-desk');
	await composer(page).fill('Hello, agent');
	await composer(page).press('Enter');
	const answer = await answered(page);
	await expect(answer).toContainText('Hello, agent');
	await expect(answer.getByTestId('figures')).toContainText('mock/echo');
});

test('an agent is changed in place, and deleted after a question', async ({ page, request }) => {
	const { id } = await made(request, 'short-lived', { name: 'Short lived', fallbacks: ['mock/slow', 'mock/json'] });
	await page.goto('/agents');
	await page.getByRole('link', { name: 'Edit Short lived' }).click();
	await page.getByRole('button', { name: 'Move fallback 2 up' }).click();
	await page.getByRole('button', { name: 'More parameters' }).click();
	await page.getByRole('textbox', { name: 'Top K' }).fill('40');
	await page.getByRole('textbox', { name: 'Presence penalty' }).fill('-0.5');
	await page.getByRole('textbox', { name: 'Seed' }).fill('7');
	const stop = page.getByRole('combobox', { name: 'Stop texts' }).or(page.getByRole('textbox', { name: 'Stop texts' }));
	await stop.fill('END\\n');
	await stop.press('Enter');
	await page.getByRole('textbox', { name: 'Reasoning budget (tokens)' }).fill('2048');
	await page.getByRole('button', { name: 'Save', exact: true }).click();
	await expect(page.getByText('In force on the next request.')).toBeVisible();
	const { settings } = await change<{ settings: object }>(request, 'agents.update', { id });
	expect(settings).toEqual({
		topK: 40,
		presencePenalty: -0.5,
		seed: 7,
		stop: ['END\n'],
		reasoning: { budgetTokens: 2048 },
	});
	await page.reload();
	await expect(page.getByRole('combobox', { name: 'Fallback 1' })).toHaveValue('mock/json');
	await expect(page.getByRole('textbox', { name: 'Top K' })).toHaveValue('40');
	await page.getByRole('button', { name: 'Delete', exact: true }).click();
	const question = page.getByRole('dialog', { name: 'Delete Short lived?' });
	await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused();
	await question.getByRole('button', { name: 'Delete agent' }).click();
	await expect(page.getByRole('heading', { level: 1, name: 'Agents' })).toBeVisible();
	await expect(page.getByText('short-lived')).toHaveCount(0);
});

test('what somebody else changed meanwhile is shown, and both changes are kept where one wants it', async ({
	page,
	request,
}) => {
	const { id } = await made(request, 'shared-agent');
	await page.goto(`/agents/${id}`);
	await page.getByRole('textbox', { name: 'Description' }).fill('Mine');
	await change(request, 'agents.update', { id, name: 'Theirs', model: 'mock/slow' });
	await page.getByRole('button', { name: 'Save', exact: true }).click();
	const alert = page.getByRole('alert').filter({ hasText: 'This agent was changed meanwhile' });
	await expect(alert.getByRole('row', { name: /model/ })).toContainText('mock/slow');
	await expect(alert.getByRole('row', { name: /name/ })).toContainText('Theirs');
	await alert.getByRole('button', { name: 'Save my changes on top of theirs' }).click();
	await expect(page.getByText('In force on the next request.')).toBeVisible();
	await expect(page.getByRole('heading', { level: 1, name: 'Theirs' })).toBeVisible();
	await expect(page.getByRole('combobox', { name: 'Model', exact: true })).toHaveValue('mock/slow');
	await expect(page.getByRole('textbox', { name: 'Description' })).toHaveValue('Mine');

	await page.getByRole('textbox', { name: 'Description' }).fill('Mine again');
	await change(request, 'agents.update', { id, description: 'Theirs again' });
	await page.getByRole('button', { name: 'Save', exact: true }).click();
	await alert.getByRole('button', { name: 'Discard mine and reload' }).click();
	await expect(page.getByRole('textbox', { name: 'Description' })).toHaveValue('Theirs again');
	await expect(alert).toHaveCount(0);
});

test('a prompt is written in sections, previewed with its variables, and in force once it is saved', async ({
	page,
	request,
}) => {
	const { id } = await made(request, 'prompted');
	await page.goto(`/agents/${id}/prompt`);
	await page.getByRole('textbox', { name: 'Identity' }).fill('You are Ada.');
	await page.getByRole('textbox', { name: 'System prompt' }).fill('You help {{customer}}.');
	await page.getByRole('button', { name: 'Add an instruction' }).click();
	await page.getByRole('textbox', { name: 'Instruction 1' }).fill('Be brief.');
	await page.getByRole('button', { name: 'Declare it' }).click();
	const variable = page.getByRole('group', { name: 'Variable customer' });
	await expect(variable.getByRole('textbox', { name: 'Name' })).toHaveValue('customer');
	const preview = page.getByRole('region', { name: 'Preview' });
	await expect(preview).toContainText('A request without customer is refused.');
	await expect(preview.locator('[data-stable=true]')).toContainText('You are Ada.');
	await expect(preview.locator('[data-stable=false]')).toContainText('You help {{customer}}.');
	await preview.getByRole('textbox', { name: 'Value of customer' }).fill('Grace');
	await expect(preview.locator('[data-stable=false]')).toContainText('You help Grace.');
	await expect(preview).not.toContainText('is refused');
	await variable.getByRole('switch', { name: 'Required' }).click({ force: true });
	await variable.getByRole('textbox', { name: 'Default' }).fill('you');
	await page.getByRole('textbox', { name: 'Note' }).fill('The first one');
	await page.getByRole('button', { name: 'Save prompt' }).click();
	await expect(page.getByText('In force on the next request.')).toBeVisible();

	const inForce = await change<{ text: string }>(request, 'prompts.preview', { agent: id });
	expect(inForce.text).toBe('You are Ada.\n\nYou help you.\n\n## Instructions\n\n1. Be brief.');
	await page.getByRole('textbox', { name: 'System prompt' }).fill('You help {{nobody');
	await expect(page.getByText(/this \{\{ is never closed/)).toBeVisible();
	await expect(page.getByRole('textbox', { name: 'System prompt' })).toHaveAttribute('aria-invalid', 'true');
});

test('the history of a prompt shows what each version changed, and an old one is brought back', async ({
	page,
	request,
}) => {
	const { id } = await made(request, 'historic', { systemPrompt: 'First line.\nSecond line.' });
	await change(request, 'prompts.set', { agent: id, prompt: { system: 'First line.\nAnother line.' }, note: 'Better' });
	await page.goto(`/agents/${id}/versions`);
	const versions = page.getByRole('navigation', { name: 'Versions' });
	await expect(versions.getByRole('button', { name: /Version 2.*in force.*Better/ })).toBeVisible();
	const difference = page.getByRole('region', { name: 'Difference' });
	await expect(difference.getByRole('deletion')).toContainText('Second line.');
	await expect(difference.getByRole('insertion')).toContainText('Another line.');
	await versions.getByRole('button', { name: /Version 1/ }).click();
	await page.getByText('What going back changes').click();
	await expect(difference.getByRole('insertion')).toContainText('Second line.');
	await page.getByRole('button', { name: 'Go back to version 1' }).click();
	await expect(versions.getByRole('button', { name: /Version 3.*in force.*Back to version 1/ })).toBeVisible();

	await tab(page, 'Prompt');
	const system = page.getByRole('textbox', { name: 'System prompt' });
	await expect(system).toHaveValue('First line.\nSecond line.');
	await system.fill('Mine.');
	await change(request, 'prompts.set', { agent: id, prompt: { system: 'Theirs.' } });
	await page.getByRole('button', { name: 'Save prompt' }).click();
	const alert = page.getByRole('alert').filter({ hasText: 'This prompt was changed meanwhile' });
	await expect(alert.getByRole('insertion')).toContainText('Theirs.');
	await alert.getByRole('button', { name: 'Save mine in its place' }).click();
	await expect(page.getByText('In force on the next request.')).toBeVisible();
	await expect(system).toHaveValue('Mine.');
});
