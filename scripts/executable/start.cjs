// Starts the plugin inside its executable: with the code that V8 compiled when the executable was made, where there is
// some and this V8 takes it, otherwise from the source alone.
'use strict';
const { isAscii } = require('node:buffer');
const { getAssetKeys, getRawAsset } = require('node:sea');
const { constants, Script } = require('node:vm');

const source = Buffer.from(getRawAsset('source'));
const cachedData = getAssetKeys().includes('cache') ? Buffer.from(getRawAsset('cache')) : undefined;
const script = new Script(source.toString(isAscii(source) ? 'latin1' : 'utf8'), {
  filename: 'kubectl-bluegreen',
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  ...(cachedData === undefined ? {} : { cachedData }),
});
script.runInThisContext()(exports, require, module, __filename, __dirname);
