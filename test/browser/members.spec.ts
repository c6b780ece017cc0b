import type { Page } from '@playwright/test';
import { change, expect, open, signInAs, signInAsOperator, test } from './console';

const rowOf = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(name) });

async function add(page: Page, userId: string, role: string, name: string): Promise<void> {
	await page.getByRole('button', { name: 'Add a member' }).click();
	const dialog = page.getByRole('dialog', { name: 'New member' });
	await dialog.getByRole('textbox', { name: 'User id' }).fill(userId);
	await dialog.getByRole('combobox', { name: 'Role' }).click();
	await page.getByRole('option', { name: new RegExp(`^${role}:`) }).click();
	await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
	await dialog.getByRole('button', { name: 'Add member' }).click();
	await expect(dialog).toHaveCount(0);
}

test('the last owner stays one: lowering and removing it are refused with the reason', async ({ page }) => {
	await signInAsOperator(page);
	await open(page, 'Members');
	await add(page, 'user-olga', 'owner', 'Olga');
	await rowOf(page, 'Olga').getByRole('button', { name: 'Remove Olga' }).click();
	const question = page.getByRole('dialog', { name: 'Remove Olga?' });
	await question.getByRole('button', { name: 'Remove member' }).click();
	await expect(question.getByRole('alert')).toContainText('This is the last owner of the organization');
	await question.getByRole('button', { name: 'Cancel' }).click();
	await expect(question).toHaveCount(0);
	await rowOf(page, 'Olga').getByRole('button', { name: 'Edit Olga' }).click();
	await page.getByRole('dialog').getByRole('combobox', { name: 'Role' }).click();
	await page.getByRole('option', { name: /^member:/ }).click();
	await page.getByRole('button', { name: 'Save' }).click();
	await expect(page.getByRole('dialog').getByRole('alert')).toContainText('make somebody else one first');
});

test('a member is added, given another role, removed and let in again', async ({ page }) => {
	await signInAsOperator(page);
	await open(page, 'Members');
	await add(page, 'user-nina', 'member', 'Nina');
	await expect(rowOf(page, 'Nina')).toContainText('user-nina');
	await rowOf(page, 'Nina').getByRole('button', { name: 'Edit Nina' }).click();
	const email = page.getByRole('textbox', { name: 'E-mail address' });
	await email.fill('nina');
	await page.getByRole('dialog').getByRole('combobox', { name: 'Role' }).click();
	await page.getByRole('option', { name: /^admin:/ }).click();
	await page.getByRole('button', { name: 'Save' }).click();
	await expect(email).toHaveAttribute('aria-invalid', 'true');
	await expect(email).toBeFocused();
	await email.fill('nina@example.com');
	await page.getByRole('button', { name: 'Save' }).click();
	await expect(rowOf(page, 'Nina')).toContainText('admin');
	await expect(rowOf(page, 'Nina')).toContainText('nina@example.com');
	await rowOf(page, 'Nina').getByRole('button', { name: 'Remove Nina' }).click();
	await page.getByRole('button', { name: 'Remove member' }).click();
	await expect(rowOf(page, 'Nina')).toHaveCount(0);
	await page.getByRole('switch', { name: 'Removed ones too' }).press('Space');
	await expect(rowOf(page, 'Nina')).toContainText('removed');
	await page.getByRole('button', { name: 'Let in again: Nina' }).click();
	await page.getByRole('button', { name: 'Let in again', exact: true }).last().click();
	await expect(rowOf(page, 'Nina')).not.toContainText('removed');
});

test('an admin leaves owners and admins to an owner', async ({ page, request }) => {
	await change(request, 'memberships.set', { userId: 'user-olga', role: 'owner', name: 'Olga' });
	await signInAs(page, { sub: 'user-adam', role: 'admin' });
	await open(page, 'Members');
	await expect(rowOf(page, 'Olga')).toContainText('an owner’s to change');
	await page.getByRole('button', { name: 'Add a member' }).click();
	await page.getByRole('dialog').getByRole('combobox', { name: 'Role' }).click();
	await expect(page.getByRole('option', { name: /^owner:/ })).toHaveAttribute('data-combobox-disabled', 'true');
	await expect(page.getByRole('option', { name: /^service:/ })).not.toHaveAttribute('data-combobox-disabled', 'true');
});
