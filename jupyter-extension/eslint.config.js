import tseslint from 'typescript-eslint';

/** Who may know what: each secret has one owner (see README.md, "Who owns what"). */
const owned = (group, message) => ({ group, message });
const PURE = owned(
  [
    '**/laptop/direct*',
    '**/laptop/popup*',
    '**/kernel/websocket*',
    '**/kernel/host*',
    '**/kernel/widget*',
    '**/panel/*',
  ],
  'The relay and the session know only the interfaces of the two legs; entries/ wire the real ones in.',
);
const JUPYTERLAB = owned(['@jupyterlab/*', '@lumino/*'], 'Only entries/ and lab/ know JupyterLab.');
const HASHES = owned(['@noble/*'], 'Only pairing.ts hashes.');
const WIRE = owned(['**/kernel/wire*'], 'Only the kernel socket knows the framing of the Jupyter WebSocket.');

const restrict = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

export default tseslint.config(
  { ignores: ['dist/', 'lib/', 'node_modules/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.js', 'scripts/*.mjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  { files: ['src/**/*.ts'], rules: restrict(JUPYTERLAB, HASHES, WIRE) },
  { files: ['src/relay.ts', 'src/session.ts', 'src/view.ts'], rules: restrict(JUPYTERLAB, HASHES, WIRE, PURE) },
  { files: ['src/pairing.ts'], rules: restrict(JUPYTERLAB, WIRE) },
  { files: ['src/kernel/socket.ts'], rules: restrict(JUPYTERLAB, HASHES) },
  { files: ['src/entries/**/*.ts', 'src/lab/**/*.ts'], rules: restrict(HASHES, WIRE) },
  { files: ['**/*.js', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
);
