import js from '@eslint/js';
import tseslint from 'typescript-eslint';

// docs/GLOSSARY.md has the words that replaced these. Each of them made readers ask what it means.
// The two names are settings that are still read for one release.
const REPLACED_IN_NAMES =
  '^(?!(ANSWER_PATIENCE_MS|STRAY_AFTER_MS)$).*(patience|stray|sickness|keephouse|graver|accident|underway|refill)';
const REPLACED_IN_COMMENTS = [
  ...['patience', 'patient', 'stray', 'strays', 'sickness', 'keep house', 'house keeping', 'housekeeping', 'graver'],
  ...['accident', 'accidents', 'under way', 'whoever', 'left in peace', 'refill', 'refills'],
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'packages/store/src/generated/**', '.ardor/**', 'coverage/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Dependencies are objects of closures; nothing of ours uses `this`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-syntax': [
        'error',
        { selector: `Identifier[name=/${REPLACED_IN_NAMES}/i]`, message: 'docs/GLOSSARY.md has the word for this.' },
      ],
      'no-warning-comments': ['error', { terms: REPLACED_IN_COMMENTS, location: 'anywhere' }],
    },
  },
  {
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: { globals: { process: 'readonly', module: 'writable', require: 'readonly', console: 'readonly' } },
  },
);
