// Lint rules: those of typescript-eslint that need types, and who may import whom (test/unit/architecture.json).
import { readFileSync } from 'node:fs';
import tseslint from 'typescript-eslint';

const architecture = JSON.parse(readFileSync(new URL('test/unit/architecture.json', import.meta.url), 'utf8'));

export default tseslint.config(
  { ignores: ['node_modules', 'dist', '.vscode-test', 'test-results', 'coverage', 'test/fixtures'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['tsconfig.json', 'webview/tsconfig.json', 'test/e2e/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A promise-returning method may have nothing to wait for: ports are asynchronous where one implementation needs it.
      '@typescript-eslint/require-await': 'off',
      // `void` marks a promise that is left alone on purpose, and a value that is dropped in an arrow.
      'no-void': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  { files: ['src/cli/**', 'test/**', 'media/**', '**/*.mjs'], rules: { 'no-console': 'off' } },
  ...Object.entries(architecture.folders).map(([folder, rule]) => ({
    files: folder === 'webview' ? ['webview/**'] : [`src/${folder}/**`, `src/${folder}.ts`],
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: restrictions(folder, rule) }] },
  })),
  {
    files: ['test/**'],
    rules: {
      // Mocks and parsed JSON in tests; a wrong shape fails the test by itself.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);

/** The same directions as architecture.test.ts checks, as far as the text of an import shows them, to be seen while typing. */
function restrictions(folder, { ours, vscode, typesOnly }) {
  const forbidden = Object.keys(architecture.folders).filter((other) => other !== folder && !ours.some((allowed) => allowed.startsWith(other)));
  const names = forbidden.map((name) => (['ids', 'extension'].includes(name) ? `${name}\\.ts$` : `${name}/`)).join('|');
  const patterns = [{ regex: `^(\\.\\./)+(src/)?(${names})`, message: `${folder} may import ${ours.join(', ') || 'only itself'}.` }];
  if (typesOnly) patterns.push({ regex: '^\\.\\./', message: `${folder} imports types only.`, allowTypeImports: true });
  if (!vscode) patterns.push({ regex: '^vscode$', message: `Only host imports vscode.` });
  return patterns;
}
