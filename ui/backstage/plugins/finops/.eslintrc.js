module.exports = require('@backstage/cli/config/eslint-factory')(__dirname, {
  // copied by `npm run pages`, and checked where they are written
  ignorePatterns: ['src/pages/**'],
  // the client's methods are called GET and POST
  rules: { 'new-cap': ['error', { capIsNew: false }] },
});
