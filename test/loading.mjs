// Loaded before each test file, and by no process that a test starts. JavaScript, because it comes before the cache.
import { enableCompileCache, setSourceMapsSupport } from 'node:module';
import { join } from 'node:path';

// tap turns source maps on, and Node would read the map of every module of a package. The project's TypeScript keeps its
// lines without any.
setSourceMapsSupport(false);

// Node keeps what it compiled, TypeScript without its types included; a changed file is compiled again.
enableCompileCache(join(import.meta.dirname, '..', '.tap', 'compile-cache'));
