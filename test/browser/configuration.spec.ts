import type { Page } from '@playwright/test';
import { answered, ask, change, composer, expect, open, signInAs, signInAsOperator, test } from './console';

const tab = (page: Page, name: string): Promise<void> => page.getByRole('tab', { name }).click();

test.describe('an organization of plan pro', () => {
	test.beforeEach(async ({ page }) => {
		await signInAsOperator(page);
		await open(page, 'Configuration');
	});

	test('a profile is refused at its field; put right it answers, becomes the default, and can’t go while an agent uses it', async ({
		page,
		request,
	}) => {
		await page.getByRole('button', { name: 'New profile' }).click();
		const dialog = page.getByRole('dialog');
		await dialog.getByRole('textbox', { name: 'Name' }).fill('quick');
		await dialog.getByRole('combobox', { name: 'Provider' }).fill('mock');
		await page.keyboard.press('Tab');
		const model = dialog.getByRole('combobox', { name: 'Model' });
		await model.fill('no-such');
		await page.keyboard.press('Tab');
		await dialog.getByRole('textbox', { name: 'Temperature' }).fill('9');
		await dialog.getByRole('button', { name: 'Save profile' }).click();
		await expect(model).toHaveAttribute('aria-invalid', 'true');
		await expect(model).toBeFocused();
		await expect(dialog.getByRole('textbox', { name: 'Temperature' })).toHaveValue('2');
		await model.fill('echo');
		await page.keyboard.press('Tab');
		await dialog.getByRole('button', { name: 'Save profile' }).click();
		await expect(dialog).toHaveCount(0);

		const row = page.getByRole('row', { name: /profile:quick/ });
		await expect(row).toContainText('mock/echo');
		await expect(row).toContainText('temperature: 2');
		await expect(row).toContainText('organization');
		await row.getByRole('button', { name: 'Make quick the default' }).click();
		await expect(row).toContainText('default');
		await change(request, 'agents.create', { slug: 'runner', name: 'Runner', model: 'profile:quick' });
		await page.getByRole('button', { name: 'Use the gateway’s default' }).click();
		await expect(row.getByRole('button', { name: 'Make quick the default' })).toBeVisible();
		await row.getByRole('button', { name: 'Remove quick' }).click();
		await page.getByRole('button', { name: 'Remove profile' }).click();
		await expect(page.getByRole('dialog').getByRole('alert')).toContainText("in use by agent 'runner'");
		await page.getByRole('button', { name: 'Cancel' }).click();
		await change(request, 'agents.delete', { slug: 'runner' });
		await row.getByRole('button', { name: 'Remove quick' }).click();
		await page.getByRole('button', { name: 'Remove profile' }).click();
		await expect(row).toHaveCount(0);
	});

	test('an alias that leads in a loop is refused and the loop is shown; one that leads to a model answers', async ({
		page,
		request,
	}) => {
		await tab(page, 'Aliases');
		await page.getByRole('button', { name: 'New alias' }).click();
		const dialog = page.getByRole('dialog');
		await dialog.getByRole('textbox', { name: 'Alias' }).fill('best');
		const target = dialog.getByRole('combobox', { name: 'Stands for' });
		await target.fill('best');
		await page.keyboard.press('Tab');
		await dialog.getByRole('button', { name: 'Save alias' }).click();
		await expect(target).toHaveAttribute('aria-invalid', 'true');
		await target.fill('mock/echo');
		await page.keyboard.press('Tab');
		await dialog.getByRole('button', { name: 'Save alias' }).click();
		await expect(page.getByRole('row', { name: /best/ })).toContainText('mock/echo');
		await page.getByRole('button', { name: 'New alias' }).click();
		await dialog.getByRole('textbox', { name: 'Alias' }).fill('best');
		await expect(dialog.getByText('There is an alias of this name: edit that one.')).toBeVisible();
		await dialog.getByRole('button', { name: 'Cancel' }).click();
		await open(page, 'Playground');
		await ask(page, 'best', 'Who are you?');
		await expect((await answered(page)).getByTestId('figures')).toContainText('mock/echo');
		await change(request, 'aliases.remove', { name: 'best' });
	});

	test('the fallback chain is ordered by buttons, a model gets its own, and both can be given back', async ({
		page,
	}) => {
		await tab(page, 'Fallbacks');
		const chain = page.getByRole('region', { name: 'Fallback chain' });
		await chain.getByRole('button', { name: 'Edit the chain' }).click();
		for (const [at, model] of ['mock/slow', 'mock/echo'].entries()) {
			await chain.getByRole('button', { name: 'Add a fallback' }).click();
			await chain.getByRole('combobox', { name: `Fallback ${at + 1}` }).fill(model);
			await page.keyboard.press('Tab');
		}
		await chain.getByRole('button', { name: 'Move fallback 2 up' }).click();
		await chain.getByRole('button', { name: 'Save the chain' }).click();
		await expect(chain.getByText('mock/echo, then mock/slow')).toBeVisible();
		await expect(chain).toContainText('organization');

		const own = page.getByRole('region', { name: 'Chains of single models' });
		await own.getByRole('button', { name: 'New chain' }).click();
		const dialog = page.getByRole('dialog');
		await dialog.getByRole('combobox', { name: 'Where this fails' }).fill('mock/json');
		await page.keyboard.press('Tab');
		await dialog.getByRole('button', { name: 'Add a fallback' }).click();
		await dialog.getByRole('combobox', { name: 'Fallback 1' }).fill('mock/json');
		await page.keyboard.press('Tab');
		await dialog.getByRole('button', { name: 'Save the chain' }).click();
		await expect(dialog.getByRole('combobox', { name: 'Fallback 1' })).toHaveAttribute('aria-invalid', 'true');
		await dialog.getByRole('combobox', { name: 'Fallback 1' }).fill('mock/echo');
		await page.keyboard.press('Tab');
		await dialog.getByRole('button', { name: 'Save the chain' }).click();
		await expect(own.getByRole('row', { name: /mock\/json/ })).toContainText('mock/echo');
		await own.getByRole('button', { name: 'Remove the chain of mock/json' }).click();
		await page.getByRole('button', { name: 'Remove chain' }).click();
		await expect(own).toContainText('No model has a chain of its own.');
		await chain.getByRole('button', { name: 'Use the gateway’s chain' }).click();
		await expect(chain).toContainText('environment');
	});

	test('a custom model gets limits and prices, and the list of models shows the limits', async ({ page, request }) => {
		await tab(page, 'Custom models');
		await page.getByRole('button', { name: 'New custom model' }).click();
		const dialog = page.getByRole('dialog');
		await dialog.getByRole('combobox', { name: 'Provider' }).fill('mock');
		await page.keyboard.press('Tab');
		await dialog.getByRole('combobox', { name: 'Model' }).fill('echo');
		await page.keyboard.press('Tab');
		await dialog.getByRole('textbox', { name: 'Context window' }).fill('64000');
		await dialog.getByRole('textbox', { name: 'Input', exact: true }).fill('much');
		await dialog.getByRole('textbox', { name: 'Output', exact: true }).fill('9');
		await dialog.getByRole('button', { name: 'Save model' }).click();
		const input = dialog.getByRole('textbox', { name: 'Input', exact: true });
		await expect(input).toHaveAttribute('aria-invalid', 'true');
		await input.fill('4.50');
		await dialog.getByRole('button', { name: 'Save model' }).click();
		await expect(page.getByRole('row', { name: /mock\/echo/ })).toContainText('$4.5 / $9');
		await open(page, 'Models');
		await expect(page.getByRole('row', { name: /mock\/echo/ })).toContainText('64K');
		await change(request, 'customModels.remove', { provider: 'mock', model: 'echo' });
	});

	test('a file is tried before it is applied: a mistake is shown with its line, then the differences', async ({
		page,
		request,
	}) => {
		await tab(page, 'As a file');
		await expect(page.getByLabel('Exported configuration')).toContainText('switchyard: 1');
		const text = page.getByRole('textbox', { name: 'Configuration' });
		await text.fill('profiles:\n  filed:\n    provider: mock\n    model: echo\n    heat: 1\n');
		await page.getByRole('button', { name: 'Show what would change' }).click();
		const section = page.getByRole('region', { name: 'Import' });
		await expect(section.getByRole('alert')).toContainText('line 5');
		await section.getByRole('button', { name: 'Go to line 5' }).click();
		await expect(text).toBeFocused();
		expect(await page.evaluate('getSelection()?.toString()')).toContain('heat: 1');

		await text.fill(
			'profiles:\n  filed:\n    provider: mock\n    model: echo\naliases:\n  filed-alias: profile:filed\n',
		);
		await page.getByRole('button', { name: 'Show what would change' }).click();
		const differences = section.getByRole('region', { name: 'Differences' });
		await expect(differences.getByRole('row', { name: /filed-alias/ })).toContainText('profile:filed');
		await differences.getByRole('button', { name: 'Apply' }).click();
		await expect(section.getByText('In force on the next request.')).toBeVisible();
		await expect(page.getByLabel('Exported configuration')).toContainText('filed-alias: profile:filed');
		await page.getByRole('button', { name: 'Show what would change' }).click();
		await expect(section.getByText('Nothing to change: all of it is so already')).toBeVisible();
		const download = page.waitForEvent('download');
		await page.getByRole('button', { name: 'Download' }).click();
		expect((await download).suggestedFilename()).toBe('demo.yaml');
		await change(request, 'aliases.remove', { name: 'filed-alias' });
		await change(request, 'profiles.remove', { name: 'filed' });
	});
});

test('on plan free the configuration can be looked at, and the page says why it can’t be changed', async ({
	page,
	request,
}) => {
	await change(request, 'organizations.update', { slug: 'demo', plan: 'free' });
	try {
		await signInAs(page, { sub: 'free-admin', role: 'admin' });
		await open(page, 'Configuration');
		await expect(page.getByText('Plan free uses the gateway’s own configuration')).toBeVisible();
		await expect(page.getByText('Ask the operator for another plan.')).toBeVisible();
		await expect(page.getByRole('button', { name: 'New profile' })).toHaveCount(0);
		await tab(page, 'Fallbacks');
		await expect(page.getByRole('button', { name: 'Edit the chain' })).toHaveCount(0);
	} finally {
		await change(request, 'organizations.update', { slug: 'demo', plan: 'pro' });
	}
});

test('a tab has an address of its own, which the keyboard reaches and a reload keeps', async ({ page }) => {
	await signInAsOperator(page);
	await page.goto('/configuration/aliases');
	await expect(page.getByRole('tab', { name: 'Aliases' })).toHaveAttribute('aria-selected', 'true');
	await page.getByRole('tab', { name: 'Aliases' }).focus();
	await page.keyboard.press('ArrowRight');
	await expect(page.getByRole('tab', { name: 'Fallbacks' })).toHaveAttribute('aria-selected', 'true');
	expect(new URL(page.url()).pathname).toBe('/configuration/fallbacks');
	await page.goBack();
	await expect(page.getByRole('tab', { name: 'Aliases' })).toHaveAttribute('aria-selected', 'true');
	await open(page, 'Playground');
	await expect(composer(page)).toBeVisible();
});
