/** The rules that hold the shape of `src/`, each a pure function from a parsed file to what breaks it. */
import ts from 'typescript';

export interface SourceFile {
	/** Relative to the checkout, with slashes: `src/gateway/run.ts`. */
	readonly path: string;
	readonly text: string;
}

export interface Import {
	readonly specifier: string;
	/** Nothing of it is left at run time. */
	readonly typeOnly: boolean;
}

export type Rule = (file: SourceFile) => readonly string[];

const parse = ({ path, text }: SourceFile): ts.SourceFile =>
	ts.createSourceFile(
		path,
		text,
		ts.ScriptTarget.Latest,
		true,
		path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
	);

function nodesOf(file: SourceFile): ts.Node[] {
	const nodes: ts.Node[] = [];
	const visit = (node: ts.Node): void => {
		nodes.push(node);
		ts.forEachChild(node, visit);
	};
	visit(parse(file));
	return nodes;
}

const at = (node: ts.Node): string => {
	const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart());
	return `${node.getSourceFile().fileName}:${line + 1}`;
};

const found = (file: SourceFile, what: string, breaks: (node: ts.Node) => boolean): string[] =>
	nodesOf(file)
		.filter(breaks)
		.map((node) => `${at(node)} ${what}`);

function importOf(node: ts.Node): Import | null {
	if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
		const clause = node.importClause;
		const named = clause?.namedBindings;
		const allTypes =
			named !== undefined &&
			ts.isNamedImports(named) &&
			named.elements.length > 0 &&
			named.elements.every((element) => element.isTypeOnly);
		const typeOnly = clause !== undefined && (clause.isTypeOnly || (allTypes && clause.name === undefined));
		return { specifier: node.moduleSpecifier.text, typeOnly };
	}
	if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier))
		return { specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly };
	if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal))
		return { specifier: node.argument.literal.text, typeOnly: true };
	if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
		const [argument] = node.arguments;
		return argument && ts.isStringLiteral(argument) ? { specifier: argument.text, typeOnly: false } : null;
	}
	return null;
}

/** Static, re-exported, dynamic and type imports alike. */
export const importsOf = (file: SourceFile): Import[] =>
	nodesOf(file)
		.map(importOf)
		.filter((each) => each !== null);

/** A reference to the global `fetch`; a method or member of that name is something else. */
function isGlobalFetch(node: ts.Node): boolean {
	if (!ts.isIdentifier(node) || node.text !== 'fetch') return false;
	const { parent } = node;
	if (ts.isPropertyAccessExpression(parent) && parent.name === node)
		return ts.isIdentifier(parent.expression) && /^(globalThis|self)$/.test(parent.expression.text);
	const isName =
		(ts.isMethodDeclaration(parent) ||
			ts.isMethodSignature(parent) ||
			ts.isPropertyAssignment(parent) ||
			ts.isPropertySignature(parent) ||
			ts.isPropertyDeclaration(parent) ||
			ts.isParameter(parent) ||
			ts.isBindingElement(parent)) &&
		parent.name === node;
	return !isName && !ts.isTypeQueryNode(parent);
}

const extendsError = (node: ts.Node): boolean =>
	ts.isHeritageClause(node) &&
	ts.isClassLike(node.parent) &&
	node.token === ts.SyntaxKind.ExtendsKeyword &&
	node.types.some(({ expression }) => /Error$/.test(expression.getText()));

const BINDINGS = new Set(['DB', 'CONFIG', 'ORG_LEDGER', 'PROVIDER_HEALTH', 'ASSETS']);

function touchesBinding(node: ts.Node): boolean {
	if (ts.isPropertyAccessExpression(node)) return BINDINGS.has(node.name.text);
	if (ts.isElementAccessExpression(node))
		return ts.isStringLiteral(node.argumentExpression) && BINDINGS.has(node.argumentExpression.text);
	if (ts.isBindingElement(node)) return BINDINGS.has((node.propertyName ?? node.name).getText());
	return ts.isImportSpecifier(node) && node.name.text === 'env' && /cloudflare:workers/.test(importClauseOf(node));
}

const importClauseOf = (node: ts.ImportSpecifier): string => node.parent.parent.parent.getText();

const SUPPRESSIONS = /@ts-(?:ignore|nocheck|expect-error)|(?:biome|eslint)-(?:ignore|disable)/;
const GENERATED = /\.generated\./;

export const errorClasses: Rule = (file) => found(file, 'a class that extends Error', extendsError);

export const globalFetches: Rule = (file) => found(file, 'the global fetch', isGlobalFetch);

export const anyTypes: Rule = (file) => found(file, 'the type any', (node) => node.kind === ts.SyntaxKind.AnyKeyword);

export const suppressions: Rule = (file) =>
	file.text
		.split('\n')
		.flatMap((line, index) => (SUPPRESSIONS.test(line) ? [`${file.path}:${index + 1} a suppressed check`] : []));

export const processEnvironment: Rule = (file) =>
	found(file, 'process.env', (node) => ts.isPropertyAccessExpression(node) && node.getText() === 'process.env');

export const bindings: Rule = (file) => found(file, 'a binding of the Worker', touchesBinding);

export const zodImports: Rule = (file) =>
	found(
		file,
		"zod other than `import * as z from 'zod'`",
		(node) =>
			ts.isImportDeclaration(node) &&
			ts.isStringLiteral(node.moduleSpecifier) &&
			node.moduleSpecifier.text === 'zod' &&
			!node.importClause?.isTypeOnly &&
			!(node.importClause?.namedBindings && ts.isNamespaceImport(node.importClause.namedBindings)),
	);

export const LONGEST_FILE = 300;

export const length: Rule = ({ path, text }) => {
	const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
	return lines > LONGEST_FILE && !GENERATED.test(path) ? [`${path} has ${lines} lines`] : [];
};
